import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { Scope } from '../../storage/scope.ts';
import type { LogSink } from '../function-host.ts';

export interface LogEvent {
  timestamp: number;
  message: string;
}

/** How long events wait for others to be written with: shorter than who was answered takes to ask for them. */
const PATIENCE: Milliseconds = 1;
/** An environment with this many events waiting is written at once: a function that prints in a loop must not fill our memory. */
const MOST_WAITING = 2_000;

/** Gathers the log events of environments, and hands them on behind the invocations that made them. */
export class LogWriter {
  readonly #sink: LogSink;
  readonly #clock: Clock;
  readonly #waiting = new Set<LogStream>();
  #timing = false;

  constructor(sink: LogSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  stream(scope: Scope, group: string, name: string): LogStream {
    return new LogStream(name, {
      changed: (stream, count) => {
        if (count >= MOST_WAITING) return this.#write(stream);
        this.#waiting.add(stream);
        if (this.#timing) return;
        this.#timing = true;
        this.#clock.after(PATIENCE, () => this.flush());
      },
      write: (events) => this.#sink.write(scope, group, name, events),
    });
  }

  /** Hands on everything that waits. */
  flush(): void {
    this.#timing = false;
    for (const stream of this.#waiting) this.#write(stream);
  }

  #write(stream: LogStream): void {
    this.#waiting.delete(stream);
    stream.write();
  }
}

interface StreamOwner {
  changed(stream: LogStream, count: number): void;
  write(events: readonly LogEvent[]): void;
}

/** The log stream of one environment. */
export class LogStream {
  /** `2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef` */
  readonly name: string;
  readonly #owner: StreamOwner;
  #events: LogEvent[] = [];

  constructor(name: string, owner: StreamOwner) {
    this.name = name;
    this.#owner = owner;
  }

  add(event: LogEvent): void {
    this.#events.push(event);
    if (this.#events.length === 1 || this.#events.length >= MOST_WAITING)
      this.#owner.changed(this, this.#events.length);
  }

  /** Hands on what waits. */
  write(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#owner.write(events);
  }
}
