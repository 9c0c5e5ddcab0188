import type { Value } from './ast.ts';
import { discoverFields } from './discovery.ts';
import { Moment } from './values.ts';

/** An event as a query sees it. */
export interface QueryEvent {
  timestamp: number;
  ingested: number;
  message: string;
  /** What the group's transformer made of the message: JSON, whose fields are found instead of the message's. */
  transformed?: string | undefined;
  stream: string;
  group: string;
  account: string;
  pointer: string;
}

/** What a command is given and gives: an event with what was made of it, or a row of `stats`. */
export class Row {
  readonly event: QueryEvent | undefined;
  readonly #own = new Map<string, Value>();
  #discovered: Map<string, Value> | undefined;

  constructor(event?: QueryEvent) {
    this.event = event;
  }

  get(name: string): Value {
    if (this.#own.has(name)) return this.#own.get(name);
    return this.event ? this.#ofEvent(this.event, name) : this.#inside(name);
  }

  set(name: string, value: Value): void {
    this.#own.set(name, value);
  }

  /** For aggregates that go by time. */
  get time(): number {
    return this.event?.timestamp ?? 0;
  }

  #ofEvent(event: QueryEvent, name: string): Value {
    switch (name) {
      case '@timestamp':
        return new Moment(event.timestamp);
      case '@ingestionTime':
        return new Moment(event.ingested);
      case '@message':
        return event.message;
      case '@logStream':
        return event.stream;
      case '@log':
        return `${event.account}:${event.group}`;
      case '@ptr':
        return event.pointer;
      default:
        this.#discovered ??= discoverFields(event.transformed ?? event.message, event.group);
        return this.#discovered.get(name) ?? this.#inside(name);
    }
  }

  /** `a.b` where `a` is what jsonParse gave. */
  #inside(name: string): Value {
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      let value: unknown = this.#own.get(name.slice(0, dot));
      if (typeof value !== 'object') continue;
      for (const step of name.slice(dot + 1).split('.')) {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
        value = (value as Record<string, unknown>)[step];
      }
      return value === null ? undefined : (value as Value);
    }
    return undefined;
  }
}
