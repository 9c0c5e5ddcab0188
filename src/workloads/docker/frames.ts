import type { LogLine } from '../workload.ts';

/** A message of a container's log: a line, or a part of one that is very long. */
export interface LogFrame {
  stream: LogLine['stream'];
  /** When it was written: RFC 3339 with nanoseconds, always of the same length, so that it sorts as text. */
  time: string;
  text: string;
}

const HEADER_BYTES = 8;
const STDERR = 2;
/** A longer line is cut into several, so that output without newlines can't fill the memory. */
const LONGEST_LINE = 64 * 1024;

/**
 * Takes apart what Docker's `GET /containers/{id}/logs?timestamps=true` sends for a container without a terminal: frames
 * of eight bytes (stream, three zeros, length) and a message that begins with its time.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export class FrameReader {
  readonly #onFrame: (frame: LogFrame) => void;
  readonly #times: boolean;
  #rest: Buffer = Buffer.alloc(0);

  /** `times`: whether messages begin with one, as they do in logs that were asked for with them. */
  constructor(onFrame: (frame: LogFrame) => void, { times = true } = {}) {
    this.#onFrame = onFrame;
    this.#times = times;
  }

  push(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (data.length - at >= HEADER_BYTES) {
      const length = data.readUInt32BE(at + 4);
      const end = at + HEADER_BYTES + length;
      if (data.length < end) break;
      this.#emit(data[at] === STDERR ? 'stderr' : 'stdout', data.subarray(at + HEADER_BYTES, end));
      at = end;
    }
    this.#rest = data.subarray(at);
  }

  #emit(stream: LogFrame['stream'], message: Buffer): void {
    const space = this.#times ? message.indexOf(0x20) : -1;
    const time = message.toString('latin1', 0, Math.max(space, 0));
    // Decoded by LineAssembler, as a character may be cut between two parts of a line.
    this.#onFrame({ stream, time, text: message.toString('latin1', space + 1) });
  }
}

/** Puts messages together to lines, each stream for itself. */
export class LineAssembler {
  readonly #onLine: (line: LogLine) => void;
  readonly #rest = { stdout: '', stderr: '' };

  constructor(onLine: (line: LogLine) => void) {
    this.#onLine = onLine;
  }

  push({ stream, text }: LogFrame): void {
    let line = this.#rest[stream] + text;
    const whole = text.endsWith('\n'); // not of the line, which would be copied for each part of it
    if (whole) line = line.slice(0, line.endsWith('\r\n') ? -2 : -1);
    let start = 0;
    while (line.length - start > LONGEST_LINE) {
      const end = characterStart(line, start + LONGEST_LINE);
      this.#onLine({ stream, text: utf8(line.slice(start, end)) });
      start = end;
    }
    this.#rest[stream] = whole ? '' : line.slice(start);
    if (whole) this.#onLine({ stream, text: utf8(line.slice(start)) });
  }

  /** What is left without an end of line. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.#onLine({ stream, text: utf8(this.#rest[stream]) });
      this.#rest[stream] = '';
    }
  }
}

/** Where the character begins that the byte at `at` belongs to. */
function characterStart(bytes: string, at: number): number {
  for (let start = at; start > at - 4; start--) if ((bytes.charCodeAt(start) & 0xc0) !== 0x80) return start;
  return at; // no UTF-8
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
