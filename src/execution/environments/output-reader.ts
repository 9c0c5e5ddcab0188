import { LineCutter } from '../../workloads/lines.ts';
import type { OutputListener } from './program.ts';

/**
 * The first three bytes of each frame; the fourth tells format and level. They are no UTF-8 unless a program prints a letter
 * that ends with the first of them, then `Z`, NUL and a control character.
 */
const MAGIC = [0xa5, 0x5a, 0x00] as const;
const HIGHEST_TYPE = 0x1b;
const HEAD = 16;
/** Longer messages than CloudWatch Logs takes are cut, not kept in memory. */
const LONGEST = 1024 * 1024;
/** No runtime's string is longer than this: what says so is no frame. */
const MOST = 2 ** 29;

/**
 * Reads what a program writes: lines of text, and between and within them log events in the frames that AWS's runtimes write:
 * four bytes type, four bytes length, eight bytes time in microseconds, all big-endian, and the message. One frame is one
 * event, however many lines it has. Events are told in the order in which they were written; a line is written when its end is.
 */
export class OutputReader {
  readonly #frames: boolean;
  readonly #listener: OutputListener;
  readonly #lines: LineCutter;
  /** The beginning of a frame, or of what may be one. */
  #held: Buffer | undefined;
  /** Bytes still to come of a message that was cut. */
  #skip = 0;

  /** `frames`: whether the program may write any. */
  constructor(frames: boolean, listener: OutputListener) {
    this.#frames = frames;
    this.#listener = listener;
    this.#lines = new LineCutter((line) => listener(`${line}\n`));
  }

  push(chunk: Buffer): void {
    if (!this.#frames) return void this.#lines.push(chunk);
    let bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = undefined;
    while (bytes.length > 0) bytes = this.#skip > 0 ? this.#drop(bytes) : this.#take(bytes);
  }

  /** Tells the beginning of a line as it is: its end may never come. */
  flush(): void {
    if (this.#held && this.#held.length <= MAGIC.length) this.#giveUpFrame(this.#held);
    this.#lines.flush();
  }

  end(): void {
    const held = this.#held;
    // Of a message whose writer was killed within it, what there is.
    if (held && held.length > HEAD) this.#listener(held.toString('utf8', HEAD), timeIn(held));
    else if (held) this.#giveUpFrame(held);
    this.#lines.end();
  }

  #giveUpFrame(held: Buffer): void {
    this.#held = undefined;
    this.#lines.push(held);
  }

  #drop(bytes: Buffer): Buffer {
    const size = Math.min(this.#skip, bytes.length);
    this.#skip -= size;
    return bytes.subarray(size);
  }

  /** Takes text and the frame behind it, and returns what is left. */
  #take(bytes: Buffer): Buffer {
    const start = findFrame(bytes);
    if (start > 0) this.#lines.push(bytes.subarray(0, start));
    const frame = bytes.subarray(start);
    const length = frame.length < HEAD ? 0 : lengthIn(frame);
    const end = HEAD + Math.min(length, LONGEST);
    if (frame.length < end) {
      if (frame.length > 0) this.#held = frame;
      return frame.subarray(frame.length);
    }
    this.#listener(frame.toString('utf8', HEAD, end), timeIn(frame));
    this.#skip = HEAD + length - end;
    return frame.subarray(end);
  }
}

/** Where a frame begins, as far as can be told from the bytes that there are; their end where there is none. */
function findFrame(bytes: Buffer): number {
  for (let at = bytes.indexOf(MAGIC[0]); at !== -1; at = bytes.indexOf(MAGIC[0], at + 1))
    if (mayBeFrame(bytes.subarray(at, at + HEAD))) return at;
  return bytes.length;
}

function mayBeFrame(head: Buffer): boolean {
  if (MAGIC.some((byte, index) => index < head.length && head[index] !== byte)) return false;
  const type = head[MAGIC.length];
  if (type !== undefined && (type > HIGHEST_TYPE || (type & 2) === 0)) return false;
  return head.length < HEAD || lengthIn(head) < MOST;
}

function lengthIn(head: Buffer): number {
  return head.readUInt32BE(4);
}

/** In milliseconds. */
function timeIn(head: Buffer): number {
  return Number(head.readBigInt64BE(8) / 1000n);
}
