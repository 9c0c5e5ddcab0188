import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import type { Subscription, TelemetryType } from './telemetry-subscription.ts';

/** An extension that does not take its telemetry for this long has lost it. */
const ANSWER_TIME: Milliseconds = 1_000;
/** Batches that may wait for an extension that is slow or gone. */
const MOST_BATCHES = 8;

/** Delivers to one extension what it subscribed to, in batches. */
export class TelemetrySender {
  readonly #subscription: Subscription;
  readonly #clock: Clock;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #events: string[] = [];
  #bytes = 0;
  #timer: ClockTimer | undefined;
  #pending: string[][] = [];
  #sending = false;
  #dropped = 0;
  #droppedBytes = 0;
  #socket: Socket | undefined;
  #ended = false;

  constructor(subscription: Subscription, clock: Clock) {
    this.#subscription = subscription;
    this.#clock = clock;
  }

  /** `source` is what is subscribed to, `type` what the event says it is. */
  add(source: TelemetryType, type: string, record: unknown, timestamp: number): void {
    const { types, maxItems, maxBytes, timeoutMs } = this.#subscription;
    if (this.#ended || !types.includes(source)) return;
    const event = JSON.stringify({ time: new Date(timestamp).toISOString(), type, record });
    this.#events.push(event);
    this.#bytes += event.length;
    if (this.#events.length >= maxItems || this.#bytes >= maxBytes) this.flush();
    else this.#timer ??= this.#clock.after(timeoutMs, () => this.flush());
  }

  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#events.length === 0) return;
    if (this.#pending.length >= MOST_BATCHES) {
      this.#dropped += this.#events.length;
      this.#droppedBytes += this.#bytes;
    } else {
      this.#pending.push(this.#events);
    }
    this.#events = [];
    this.#bytes = 0;
    if (!this.#sending) void this.#sendAll();
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#agent.destroy();
    this.#socket?.destroy();
    this.#pending = [];
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    for (let batch = this.#pending[0]; batch && !this.#ended; batch = this.#pending[0]) {
      const taken = await this.#send(batch);
      // It may not listen yet, or be busy: once more after a moment, and then newer ones push older ones out.
      if (!taken && !this.#ended) await this.#clock.sleep(this.#subscription.timeoutMs);
      if (taken || this.#pending.length >= MOST_BATCHES) this.#pending.shift();
      if (taken && this.#dropped > 0) this.#tellDropped();
    }
    this.#sending = false;
  }

  #tellDropped(): void {
    const [droppedRecords, droppedBytes] = [this.#dropped, this.#droppedBytes];
    this.#dropped = 0;
    this.#droppedBytes = 0;
    const reason = 'Consumer seems to have fallen behind as it has not acknowledged receipt of logs.';
    this.add('platform', 'platform.logsDropped', { reason, droppedRecords, droppedBytes }, this.#clock.now());
  }

  #send(batch: readonly string[]): Promise<boolean> {
    const { destination } = this.#subscription;
    return destination.protocol === 'TCP'
      ? this.#sendLines(destination.port, batch)
      : this.#post(destination.url, destination.method, batch);
  }

  #post(url: URL, method: string, batch: readonly string[]): Promise<boolean> {
    const body = Buffer.from(`[${batch.join(',')}]`);
    return new Promise((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const sent = request(url, { method, agent: this.#agent, headers, timeout: ANSWER_TIME }, (response) => {
        response.resume();
        resolve((response.statusCode ?? 500) < 500);
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve(false));
      sent.end(body);
    });
  }

  #sendLines(port: number, batch: readonly string[]): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = this.#socket ?? connect({ host: '127.0.0.1', port });
      this.#socket = socket;
      const onError = () => {
        this.#socket = undefined;
        resolve(false);
      };
      socket.once('error', onError);
      socket.write(batch.map((event) => `${event}\n`).join(''), (error) => {
        socket.off('error', onError);
        // A later failure is noticed by the next write.
        socket.on('error', () => {});
        resolve(!error);
      });
    });
  }
}
