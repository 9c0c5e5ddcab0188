import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Milliseconds } from '../clock/clock.ts';

/** Proxies and browsers give up on a connection that says nothing for a minute or so. */
const KEEP_ALIVE: Milliseconds = 15_000;
/** A client this far behind loses events instead of filling our memory. */
const MOST_UNSENT_BYTES = 1024 * 1024;

/** Server-Sent Events to one client, as in https://html.spec.whatwg.org/multipage/server-sent-events.html. */
export class EventStream {
  readonly #res: ServerResponse;
  #dropped = 0;

  /** Answers 200 and keeps the connection open; `onClose` is called once when it ends. */
  constructor(res: ServerResponse, clock: Clock, onClose: () => void) {
    this.#res = res;
    res.statusCode = 200;
    res.setHeader('content-type', 'text/event-stream; charset=utf-8');
    res.setHeader('cache-control', 'no-store');
    res.setHeader('x-accel-buffering', 'no');
    res.flushHeaders();
    const keepAlive = clock.every(KEEP_ALIVE, () => res.write(':\n\n'));
    res.on('close', () => {
      keepAlive.cancel();
      onClose();
    });
  }

  /** Sends one event. What a slow client does not take is left out and its number told by a `dropped` event. */
  send(id: number, data: unknown): void {
    if (this.#res.writableLength > MOST_UNSENT_BYTES) {
      this.drop();
      return;
    }
    if (this.#dropped > 0) {
      this.#res.write(`event: dropped\ndata: {"dropped":${this.#dropped}}\n\n`);
      this.#dropped = 0;
    }
    this.#res.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Leaves one out; their number is told with the next that is sent. */
  drop(): void {
    this.#dropped++;
  }
}

/** The last event that a browser which reconnects has seen; 0 for everyone else. */
export function lastEventId({ headers }: IncomingMessage): number {
  const value = Number(headers['last-event-id'] ?? 0);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}
