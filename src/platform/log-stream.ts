import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import type { LogBuffer } from '../execution/log-buffer.ts';
import { EventStream } from '../support/event-stream.ts';

export interface LogStreamOptions {
  logs: LogBuffer;
  clock: Clock;
  /** Lines after this one. */
  since: number;
  /** At most this many of the lines there are. */
  tail?: number | undefined;
  /** Go on with new lines; otherwise the answer ends with the last there is. */
  follow: boolean;
  /** Called once, when the client left or the stream was ended. */
  onClose(): void;
}

/**
 * A function's log as Server-Sent Events. A slow client is sent lines as it takes them: they wait in the log itself, and
 * when it has left them behind, a `dropped` event says how many.
 */
export class LogStream {
  readonly #res: ServerResponse;
  readonly #options: LogStreamOptions;
  readonly #stream: EventStream;
  /** Sequence number of the line sent last. */
  #sent: number;

  constructor(res: ServerResponse, options: LogStreamOptions) {
    const { logs, clock, since, tail, follow, onClose } = options;
    this.#res = res;
    this.#options = options;
    const newest = logs.read(0, 1)[0]?.seq ?? 0;
    const first = logs.read(since, tail)[0];
    this.#sent = first ? first.seq - 1 : newest;
    const unsubscribe = follow ? logs.subscribe(() => this.#pump()) : () => {};
    this.#stream = new EventStream(res, clock, () => {
      unsubscribe();
      onClose();
    });
    res.on('drain', () => this.#pump());
    this.#pump();
  }

  end(): void {
    this.#res.end();
  }

  #pump(): void {
    const { logs, follow } = this.#options;
    if (this.#res.writableEnded || this.#res.writableNeedDrain) return;
    for (const record of logs.read(this.#sent)) {
      const dropped = record.seq - this.#sent - 1;
      if (dropped > 0) this.#res.write(`event: dropped\ndata: ${JSON.stringify({ dropped })}\n\n`);
      this.#stream.send(record.seq, record);
      this.#sent = record.seq;
      if (this.#res.writableNeedDrain) return;
    }
    if (!follow) this.end();
  }
}
