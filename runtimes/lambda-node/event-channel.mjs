import { writeSync } from 'node:fs';
import net from 'node:net';

const SIZE = 4;
const KIND = 4;
const BODY = 5;
const HEAD = 8;
const NEXT = Buffer.from([1, 0, 0, 0, 0]);
const ANSWER = 1;
const ROOM = 64 * 1024;

/** The longest answer for which the channel is meant, in characters: what a socket takes at once, whatever they are. */
export const LONGEST_ANSWER = 16 * 1024;

/**
 * Takes events and gives answers by frames on a socket that lambdock has started this process with: docs/lambda-runtimes.md. Events
 * are read into one buffer and answers are written at once, as streams cost more than all the rest of an invocation.
 *
 * The event loop is held open only while an event is awaited: whether user code has left something to do must not depend on
 * this socket.
 */
export class EventChannel {
  #descriptor;
  #socket;
  #held;
  #resolve;

  /** Undefined where the descriptor is not a socket any more: whatever has started us has closed it. */
  static open(descriptor) {
    try {
      return new EventChannel(descriptor);
    } catch {
      return undefined;
    }
  }

  constructor(descriptor) {
    this.#descriptor = descriptor;
    const onread = {
      buffer: Buffer.allocUnsafeSlow(ROOM),
      callback: (size, buffer) => this.#read(buffer.subarray(0, size)),
    };
    this.#socket = new net.Socket({ fd: descriptor, onread });
    this.#socket.unref();
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.on('close', () => this.#settle(undefined));
  }

  get open() {
    return !this.#socket.destroyed;
  }

  /** Resolves with the next event, however long it takes to come; with undefined when there will be none. */
  next() {
    return this.#await(NEXT);
  }

  /** Answers the event under way; resolves with the next one. */
  answer(body) {
    const size = Buffer.byteLength(body);
    const frame = Buffer.allocUnsafe(BODY + size);
    frame.writeUInt32LE(BODY - SIZE + size, 0);
    frame[KIND] = ANSWER;
    frame.utf8Write(body, BODY);
    return this.#await(frame);
  }

  #await(frame) {
    return new Promise((resolve) => {
      if (!this.open) return resolve(undefined);
      this.#resolve = resolve;
      this.#socket.ref();
      this.#write(frame);
    });
  }

  #write(frame) {
    let written = 0;
    try {
      written = writeSync(this.#descriptor, frame);
    } catch {} // full, or broken: the socket will tell
    if (written < frame.length) this.#socket.write(frame.subarray(written));
  }

  #settle(event) {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    this.#socket.unref();
    resolve?.(event);
  }

  /** One event at most is under way. The bytes are only valid until this returns, which is always true: go on reading. */
  #read(bytes) {
    const whole = this.#held ? Buffer.concat([this.#held, bytes]) : bytes;
    if (whole.length >= SIZE && whole.length >= SIZE + whole.readUInt32LE(0)) {
      this.#held = undefined;
      this.#settle(eventIn(whole));
    } else this.#held = this.#held ? whole : Buffer.from(bytes);
    return true;
  }
}

function eventIn(bytes) {
  const end = HEAD + bytes.readUInt32LE(SIZE);
  const head = bytes.latin1Slice(HEAD, end);
  let at = 0;
  const line = () => {
    const start = at;
    const found = head.indexOf('\n', start);
    at = found + 1;
    return found < 0 ? head.slice(start) : head.slice(start, found);
  };
  return {
    requestId: line(),
    deadline: line(),
    functionArn: line(),
    traceId: line(),
    clientContext: line(),
    identity: undefined,
    tenantId: undefined,
    body: bytes.utf8Slice(end, bytes.length),
  };
}
