import type { Socket } from 'node:net';
import { LARGEST_RESPONSE } from './limits.ts';
import type { RuntimeEvent } from './runtime-event.ts';

/** What a runtime says over its channel. */
export interface EventChannelListener {
  /** It asks for an event. */
  next(): void;
  /** It has answered, and asks for another event. */
  answered(body: Buffer): void;
  /** It says nothing more over this channel. */
  closed(): void;
}

/** Four bytes with the size of the rest, and one with what it is. */
const HEAD = 5;
const NEXT = 0;
const ANSWER = 1;
/** One system call for head and payload pays for copying a payload up to this size. */
const WORTH_COPYING = 64 * 1024;
const SIZES = 8;

/**
 * Gives events to one of our own runtimes and takes its answers, as frames on a socket that it was started with: what the Runtime
 * API does with two HTTP requests, for a small part of their cost on both sides. docs/lambda-runtimes.md describes the frames.
 * Everything else, such as errors and streamed answers, goes by the Runtime API.
 */
export class EventChannel {
  readonly #socket: Socket;
  readonly #listener: EventChannelListener;
  #held: Buffer | undefined;

  constructor(socket: Socket, listener: EventChannelListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => listener.closed());
  }

  get open(): boolean {
    return !this.#socket.destroyed;
  }

  send({ head, payload }: RuntimeEvent): void {
    const { requestId, deadline, functionArn, traceId, clientContext = '' } = head;
    const text = `${requestId}\n${deadline}\n${functionArn}\n${traceId}\n${clientContext}`;
    const start = SIZES + text.length;
    const whole = payload.length <= WORTH_COPYING;
    const bytes = Buffer.allocUnsafe(whole ? start + payload.length : start);
    bytes.writeUInt32LE(start - 4 + payload.length, 0);
    bytes.writeUInt32LE(text.length, 4);
    bytes.write(text, SIZES, 'latin1');
    if (whole) bytes.set(payload, start);
    this.#socket.write(bytes);
    if (!whole) this.#socket.write(payload);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = undefined;
    while (bytes.length >= HEAD) {
      const end = 4 + bytes.readUInt32LE(0);
      if (end > HEAD + LARGEST_RESPONSE) return void this.#socket.destroy(); // not one of our runtimes
      if (bytes.length < end) break;
      const kind = bytes[4];
      if (kind === NEXT) this.#listener.next();
      else if (kind === ANSWER) this.#listener.answered(bytes.subarray(HEAD, end));
      bytes = bytes.subarray(end);
    }
    if (bytes.length > 0) this.#held = bytes;
  }
}
