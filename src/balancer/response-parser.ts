import { parseFields, parseResponseHead, type ResponseHead, UpstreamProtocolError } from './response-head.ts';

/** Where a parser delivers what it reads. None of the calls may start the parser's next response. */
export interface ResponseSink {
  /** The final head; interim (1xx) ones are skipped. */
  onHead(head: ResponseHead): void;
  /** Bytes `start` to `end` of `buffer` are body, their framing removed. The buffer is valid during the call only. */
  onBody(buffer: Buffer, start: number, end: number): void;
  /** The response is complete; `trailers` are name, value, name, value. */
  onComplete(trailers: string[]): void;
}

/** Upper bound of a status line with its headers, or of a trailer section, in bytes. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** Upper bound of a chunk's size line with its extensions, in bytes. */
const MAX_CHUNK_LINE_BYTES = 4096;
/** Hexadecimal digits that still fit a safe integer. */
const MAX_CHUNK_DIGITS = 13;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

type State = 'head' | 'length' | 'close' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'done';

/**
 * An incremental HTTP/1.x response parser (RFC 9112). One parser serves one connection, response after response;
 * bytes may be split anywhere. It is stricter than the RFC allows where leniency opens the door to response
 * smuggling: bare line feeds, folded lines, repeated lengths and unknown transfer codings are errors.
 */
export class ResponseParser {
  #sink: ResponseSink | undefined;
  #method = '';
  #state: State = 'done';
  #head: ResponseHead | undefined;
  /** Body bytes that the current length or chunk still lacks. */
  #remaining = 0;
  /** The part of a head, or of a trailer section, that came in earlier reads. */
  #held = '';
  /** Bytes of the head, trailer section or chunk line so far; 0 at its start. */
  #size = 0;
  /** Bytes of the line so far; for a chunk line, its digits. */
  #line = 0;
  #afterCr = false;
  #inExtension = false;

  /** Whether a response is complete, or none was begun. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Whether the connection may carry another request once this response is complete. */
  get keepAlive(): boolean {
    return this.#head?.keepAlive ?? false;
  }

  /** Whether any byte of the awaited response has arrived. */
  get started(): boolean {
    return this.#state !== 'head' || this.#size > 0;
  }

  /** Expects the response to a request with `method` next. */
  begin(method: string, sink: ResponseSink): void {
    this.#method = method;
    this.#sink = sink;
    this.#head = undefined;
    this.#startBlock('head');
  }

  /**
   * Reads bytes `start` to `end` of `buffer` and returns the index after the last one used: less than `end` only
   * when the response is complete and bytes nobody asked for follow it.
   * @throws UpstreamProtocolError; the connection is of no further use then
   */
  execute(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state !== 'done') at = this.#step(buffer, at, end);
    return at;
  }

  /** The upstream closed its side. Returns whether that completed the response; false means that it is cut short. */
  finish(): boolean {
    if (this.#state === 'close') this.#end([]);
    return this.#state === 'done';
  }

  #step(buffer: Buffer, at: number, end: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(buffer, at, end);
      case 'length':
      case 'chunk-data':
        return this.#readBody(buffer, at, end);
      case 'close':
        this.#sink!.onBody(buffer, at, end);
        return end;
      case 'chunk-size':
        return this.#readChunkSize(buffer, at, end);
      case 'chunk-end':
        return this.#readChunkEnd(buffer[at]!, at);
      case 'trailers':
        return this.#readTrailers(buffer, at, end);
      case 'done':
        return end;
    }
  }

  #readHead(buffer: Buffer, at: number, end: number): number {
    const stop = this.#scanBlock(buffer, at, end);
    if (stop < 0) return end;
    const head = parseResponseHead(this.#takeBlock(buffer, at, stop), this.#method);
    if (head.status === 101)
      throw new UpstreamProtocolError('the upstream switched protocols without being asked');
    this.#startBlock('head');
    if (head.status < 200) return stop;
    this.#head = head;
    this.#sink!.onHead(head);
    this.#remaining = head.length;
    if (head.framing === 'none' || (head.framing === 'length' && head.length === 0)) this.#end([]);
    else if (head.framing === 'chunked') this.#startBlock('chunk-size');
    else this.#state = head.framing;
    return stop;
  }

  #readBody(buffer: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.#remaining);
    this.#remaining -= stop - at;
    this.#sink!.onBody(buffer, at, stop);
    if (this.#remaining > 0) return stop;
    if (this.#state === 'length') this.#end([]);
    else this.#startBlock('chunk-end');
    return stop;
  }

  #readChunkSize(buffer: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const byte = buffer[at]!;
      if (++this.#size > MAX_CHUNK_LINE_BYTES)
        throw new UpstreamProtocolError('a chunk size line is too long');
      if (this.#afterCr) {
        if (byte !== LF || this.#line === 0) throw new UpstreamProtocolError('a chunk size line is invalid');
        if (this.#remaining > 0) this.#state = 'chunk-data';
        else this.#startBlock('trailers');
        return at + 1;
      }
      const digit = this.#inExtension ? -1 : hexValue(byte);
      if (digit >= 0) {
        if (++this.#line > MAX_CHUNK_DIGITS) throw new UpstreamProtocolError('a chunk is too large');
        this.#remaining = this.#remaining * 16 + digit;
      } else if (byte === CR) {
        this.#afterCr = true;
      } else {
        if (!this.#inExtension && byte !== SEMICOLON && byte !== SPACE && byte !== TAB)
          throw new UpstreamProtocolError('a chunk size line is invalid');
        if (isControl(byte)) throw new UpstreamProtocolError('a chunk extension has a control character');
        this.#inExtension = true;
      }
    }
    return end;
  }

  #readChunkEnd(byte: number, at: number): number {
    if (byte !== (this.#afterCr ? LF : CR)) throw new UpstreamProtocolError('a chunk is longer than it said');
    if (this.#afterCr) this.#startBlock('chunk-size');
    else this.#afterCr = true;
    return at + 1;
  }

  #readTrailers(buffer: Buffer, at: number, end: number): number {
    const stop = this.#scanBlock(buffer, at, end);
    if (stop >= 0) this.#end(parseFields(this.#takeBlock(buffer, at, stop), 0));
    return stop < 0 ? end : stop;
  }

  /** Finds the index after the empty line that ends a head, or holds the bytes and returns -1 when it is yet to come. */
  #scanBlock(buffer: Buffer, start: number, end: number): number {
    let line = this.#line;
    let afterCr = this.#afterCr;
    for (let at = start; at < end; at++) {
      const byte = buffer[at]!;
      if (afterCr) {
        if (byte !== LF) throw new UpstreamProtocolError('the response head has a bare carriage return');
        if (line === 0) {
          this.#countBlock(at + 1 - start);
          return at + 1;
        }
        line = 0;
        afterCr = false;
      } else if (byte === CR) {
        afterCr = true;
      } else {
        if (isControl(byte))
          throw new UpstreamProtocolError(`the response head has control character ${byte}`);
        line++;
      }
    }
    this.#line = line;
    this.#afterCr = afterCr;
    this.#countBlock(end - start);
    this.#held += buffer.toString('latin1', start, end);
    return -1;
  }

  #countBlock(bytes: number): void {
    this.#size += bytes;
    if (this.#size > MAX_HEAD_BYTES)
      throw new UpstreamProtocolError(`the response head is larger than ${MAX_HEAD_BYTES} bytes`);
  }

  /** The text of a scanned block without the empty line at its end. */
  #takeBlock(buffer: Buffer, start: number, stop: number): string {
    // The line end before the empty line may be in an earlier read, so cut after joining.
    if (this.#held === '') return buffer.toString('latin1', start, stop - 2);
    return (this.#held + buffer.toString('latin1', start, stop)).slice(0, -2);
  }

  #startBlock(state: State): void {
    this.#state = state;
    this.#held = '';
    this.#size = 0;
    this.#line = 0;
    this.#afterCr = false;
    this.#inExtension = false;
    this.#remaining = 0;
  }

  #end(trailers: string[]): void {
    this.#state = 'done';
    this.#sink!.onComplete(trailers);
  }
}

function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB) || byte === DELETE;
}

/** The value of a hexadecimal digit, or -1. */
function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
