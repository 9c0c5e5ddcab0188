/** The first three bytes of each frame; the last one tells format and level. */
const MAGIC = 0xa55a00;
const HEAD = 16;
/** Longer messages than CloudWatch Logs takes are cut, not kept in memory. */
const LONGEST = 1024 * 1024;

/**
 * Reads log events in the frames that AWS's runtimes write: four bytes type, four bytes length, eight bytes time in
 * microseconds, all big-endian, and the message. One frame is one event, however many lines it has.
 */
export class FrameReader {
  readonly #onMessage: (message: string, timestamp: number) => void;
  #held: Buffer = Buffer.alloc(0);
  #skip = 0;

  constructor(onMessage: (message: string, timestamp: number) => void) {
    this.#onMessage = onMessage;
  }

  push(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    while (this.#readOne());
  }

  #readOne(): boolean {
    if (this.#skip > 0) {
      const size = Math.min(this.#skip, this.#held.length);
      this.#held = this.#held.subarray(size);
      this.#skip -= size;
      if (this.#skip > 0) return false;
    }
    if (this.#held.length < HEAD) return false;
    if (this.#held.readUInt32BE(0) >>> 8 !== MAGIC) {
      // User code has written to the descriptor. What follows can't be told from frames any more.
      this.#held = Buffer.alloc(0);
      return false;
    }
    const length = this.#held.readUInt32BE(4);
    const kept = Math.min(length, LONGEST);
    if (this.#held.length < HEAD + kept) return false;
    const time = Number(this.#held.readBigInt64BE(8) / 1000n);
    this.#onMessage(this.#held.toString('utf8', HEAD, HEAD + kept), time);
    this.#held = this.#held.subarray(HEAD + kept);
    this.#skip = length - kept;
    return true;
  }
}
