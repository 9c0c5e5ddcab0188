import type { Clock } from '../../clock/clock.ts';
import type { EnvironmentLog } from '../environments/environment-log.ts';
import type { PlatformRecord } from '../environments/platform-records.ts';
import { BodyCollector, type BodySink, type Exchange } from './exchange.ts';
import { TelemetrySender } from './telemetry-sender.ts';
import { parseSubscription, type Subscription } from './telemetry-subscription.ts';

export interface TelemetryContext {
  clock: Clock;
  log: EnvironmentLog;
  /** The name of a registered extension. */
  extensionName(id: string): string | undefined;
  /** Subscriptions are taken during init only. */
  open(): boolean;
}

const LARGEST_BODY = 64 * 1024;

/**
 * The Telemetry API (2022-07-01) and the Logs API before it (2020-08-15): extensions get what the environment logs.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
export class TelemetrySession {
  readonly #context: TelemetryContext;
  /** By the extension's id; the last subscription of an extension counts. */
  readonly #senders = new Map<string, TelemetrySender>();

  constructor(context: TelemetryContext) {
    this.#context = context;
  }

  handle(exchange: Exchange): BodySink | undefined {
    if (exchange.method !== 'PUT') return void exchange.send(405, '', '');
    const id = exchange.fields.get('lambda-extension-identifier');
    const name = id === undefined ? undefined : this.#context.extensionName(id);
    const legacy = exchange.path.startsWith('/2020-08-15');
    return new BodyCollector(LARGEST_BODY, (body) => {
      if (id === undefined) {
        const message = 'Missing Lambda-Extension-Identifier header';
        return exchange.refuse(403, 'Extension.MissingHeader', message);
      }
      if (name === undefined) {
        return exchange.refuse(403, 'Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`);
      }
      if (!this.#context.open()) {
        const api = legacy ? 'Logs' : 'Telemetry';
        const message = `${api} API subscription is closed already`;
        return exchange.refuse(403, `${api}.SubscriptionClosed`, message);
      }
      const subscription = parseSubscription(body, legacy);
      if (typeof subscription === 'string') return exchange.refuse(400, 'ValidationError', subscription);
      this.#subscribe(id, name, subscription);
      exchange.send(200, 'Content-Type: text/plain; charset=utf-8\r\n', 'OK');
    });
  }

  /** Sends at once what waits. */
  flush(): void {
    for (const sender of this.#senders.values()) sender.flush();
  }

  end(): void {
    for (const sender of this.#senders.values()) sender.end();
    this.#senders.clear();
    this.#context.log.receiver = undefined;
  }

  #subscribe(id: string, name: string, subscription: Subscription): void {
    const { clock, log } = this.#context;
    this.#senders.get(id)?.end();
    this.#senders.set(id, new TelemetrySender(subscription, clock));
    log.receiver ??= {
      platform: (record, timestamp) => this.#platform(record, timestamp),
      output: (source, message, timestamp) => {
        const record = message.endsWith('\n') ? message.slice(0, -1) : message;
        for (const sender of this.#senders.values()) sender.add(source, source, record, timestamp);
      },
    };
    const { types, legacy } = subscription;
    const kind = legacy ? 'platform.logsSubscription' : 'platform.telemetrySubscription';
    const label = legacy ? 'LOGS' : 'TELEMETRY';
    const text = `${label}\tName: ${name}\tState: Subscribed\tTypes: [${types.join(', ')}]\n`;
    log.subscription(kind, { name, state: 'Subscribed', types }, text);
  }

  #platform({ type, record }: PlatformRecord, timestamp: number): void {
    for (const sender of this.#senders.values()) sender.add('platform', type, record, timestamp);
  }
}
