import { randomUUID } from 'node:crypto';
import { BodyCollector, type BodySink, type Exchange } from './exchange.ts';

export type ExtensionEvent = 'INVOKE' | 'SHUTDOWN';
type State = 'Registered' | 'Ready' | 'Running' | 'InitError' | 'ExitError' | 'Exited';

/** What an extension is told at registration. */
export interface FunctionFacts {
  functionName: string;
  functionVersion: string;
  handler: string;
  accountId: string;
}

export interface Extension {
  readonly id: string;
  readonly name: string;
  /** Runs as a process of its own, started from /opt/extensions. */
  readonly external: boolean;
  readonly events: readonly ExtensionEvent[];
  state: State;
  errorType?: string;
}

/** What an environment learns from its extensions. */
export interface ExtensionListener {
  facts(): FunctionFacts;
  registered(extension: Extension): void;
  /** It waits for the next event: with what it was to do for the last one it is done. */
  ready(extension: Extension): void;
  /** It reported that it can't go on, at the start or later. */
  failed(extension: Extension, phase: 'init' | 'exit'): void;
}

const MOST_EXTENSIONS = 10;
const LARGEST_BODY = 64 * 1024;

interface Registered extends Extension {
  poll: Exchange | undefined;
  /** An event that came while it was not waiting. */
  queued: string[];
}

/**
 * The Extensions API, version 2020-01-01.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export class ExtensionSession {
  readonly #listener: ExtensionListener;
  readonly #byId = new Map<string, Registered>();
  readonly #expected: ReadonlySet<string>;
  #open = true;

  /** `expected`: the file names of the external extensions. */
  constructor(expected: Iterable<string>, listener: ExtensionListener) {
    this.#expected = new Set(expected);
    this.#listener = listener;
  }

  get size(): number {
    return this.#byId.size;
  }

  get all(): readonly Extension[] {
    return [...this.#byId.values()];
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#byId.has(id);
  }

  name(id: string): string {
    return this.#byId.get(id)!.name;
  }

  /** From the runtime's first `next` on nobody can register any more. */
  closeRegistration(): void {
    this.#open = false;
  }

  /** Whether each external extension has registered. */
  get complete(): boolean {
    const names = new Set(this.all.filter(({ external }) => external).map(({ name }) => name));
    return [...this.#expected].every((name) => names.has(name));
  }

  /** Whether every extension waits for an event. */
  get idle(): boolean {
    for (const { state } of this.#byId.values())
      if (state === 'Registered' || state === 'Running') return false;
    return true;
  }

  /** Sends an event to those that asked for its kind; how many those are. */
  send(type: ExtensionEvent, event: object): number {
    const text = JSON.stringify({ eventType: type, ...event });
    const receivers = [...this.#byId.values()].filter(
      ({ events, state }) => events.includes(type) && state !== 'Exited' && state !== 'ExitError',
    );
    for (const one of receivers) this.#give(one, text);
    return receivers.length;
  }

  /** `path` is what follows `/2020-01-01/extension`. */
  handle(path: string, exchange: Exchange): BodySink | undefined {
    switch (path) {
      case '/register':
        return new BodyCollector(LARGEST_BODY, (body) => this.#register(exchange, body));
      case '/event/next':
        return this.#next(exchange);
      case '/init/error':
      case '/exit/error':
        return this.#fail(exchange, path === '/init/error' ? 'init' : 'exit');
      default:
        return void exchange.refuse(404, 'InvalidRequest', '404 page not found');
    }
  }

  #register(exchange: Exchange, body: Buffer | undefined): void {
    const name = exchange.fields.get('lambda-extension-name');
    if (!name) return void exchange.refuse(403, 'Extension.InvalidExtensionName', 'Empty extension name');
    const events = readEvents(body);
    if (!events) return void exchange.refuse(400, 'InvalidRequestFormat', 'Invalid request format');
    const unknown = events.find((event) => event !== 'INVOKE' && event !== 'SHUTDOWN');
    if (unknown !== undefined) {
      return void exchange.refuse(403, 'Extension.InvalidEventType', `${unknown}: Invalid event type`);
    }
    const external = this.#expected.has(name);
    if (!this.#open) {
      return void exchange.refuse(
        403,
        'Extension.RegistrationClosed',
        'Extension registration closed already',
      );
    }
    if (!external && events.includes('SHUTDOWN')) {
      const message = 'SHUTDOWN event is not supported for internal extensions';
      return void exchange.refuse(403, 'Extension.InvalidEventType', message);
    }
    if ([...this.#byId.values()].some((one) => one.name === name)) {
      const message = `State transition from Registered to Registered failed for extension ${name}. Error: State transition is not allowed`;
      return void exchange.refuse(403, 'Extension.InvalidExtensionState', message);
    }
    if (this.#byId.size >= MOST_EXTENSIONS) {
      const message = `Extension limit (${MOST_EXTENSIONS}) reached`;
      return void exchange.refuse(403, 'Extension.TooManyExtensions', message);
    }
    const id = randomUUID();
    const extension: Registered = {
      id,
      name,
      external,
      events: events as ExtensionEvent[],
      state: 'Registered',
      poll: undefined,
      queued: [],
    };
    this.#byId.set(id, extension);
    const { accountId, ...facts } = this.#listener.facts();
    const asked = exchange.fields.get('lambda-extension-accept-feature')?.includes('accountId');
    exchange.send(
      200,
      `Content-Type: application/json\r\nLambda-Extension-Identifier: ${id}\r\n`,
      JSON.stringify(asked ? { ...facts, accountId } : facts),
    );
    this.#listener.registered(extension);
  }

  #next(exchange: Exchange): undefined {
    const extension = this.#identify(exchange);
    if (!extension) return;
    const { state, name } = extension;
    if (state === 'InitError' || state === 'ExitError' || state === 'Exited') {
      const message = `State transition from ${state} to Ready failed for extension ${name}. Error: State transition is not allowed`;
      return void exchange.refuse(403, 'Extension.InvalidExtensionState', message);
    }
    extension.poll = exchange;
    exchange.onClose = () => {
      if (extension.poll === exchange) extension.poll = undefined;
    };
    const queued = extension.queued.shift();
    if (queued !== undefined) return void this.#give(extension, queued);
    extension.state = 'Ready';
    this.#listener.ready(extension);
  }

  #give(extension: Registered, event: string): void {
    extension.state = 'Running';
    const { poll } = extension;
    if (!poll) return void extension.queued.push(event);
    extension.poll = undefined;
    const fields = `Content-Type: application/json\r\nLambda-Extension-Event-Identifier: ${randomUUID()}\r\n`;
    poll.send(200, fields, event);
  }

  #fail(exchange: Exchange, phase: 'init' | 'exit'): BodySink | undefined {
    const extension = this.#identify(exchange);
    if (!extension) return undefined;
    const type = exchange.fields.get('lambda-extension-function-error-type');
    return new BodyCollector(LARGEST_BODY, () => {
      if (!type) {
        const message = 'Missing Lambda-Extension-Function-Error-Type header';
        return exchange.refuse(403, 'Extension.MissingHeader', message);
      }
      const next = phase === 'init' ? 'InitError' : 'ExitError';
      const allowed = phase === 'init' ? extension.state === 'Registered' : extension.state !== 'Exited';
      if (!allowed) {
        const message = `State transition from ${extension.state} to ${next} failed for extension ${extension.name}. Error: State transition is not allowed`;
        return exchange.refuse(403, 'Extension.InvalidExtensionState', message);
      }
      extension.state = next;
      extension.errorType = type;
      exchange.sendJson(202, { status: 'OK' });
      this.#listener.failed(extension, phase);
    });
  }

  /** The calling extension; undefined after a refusal. */
  #identify(exchange: Exchange): Registered | undefined {
    const id = exchange.fields.get('lambda-extension-identifier');
    if (!id) {
      exchange.refuse(403, 'Extension.MissingHeader', 'Missing Lambda-Extension-Identifier header');
      return undefined;
    }
    const extension = this.#byId.get(id);
    if (!extension) {
      exchange.refuse(403, 'Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`);
    }
    return extension;
  }
}

/** The kinds of event in a registration; undefined where it is not one. */
function readEvents(body: Buffer | undefined): string[] | undefined {
  if (!body) return undefined;
  try {
    const value: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
    const events = (value as { events?: unknown } | null)?.events ?? [];
    const good = Array.isArray(events) && events.every((one) => typeof one === 'string');
    return good ? (events as string[]) : undefined;
  } catch {
    return undefined;
  }
}
