/** Header fields by lower-case name; of a repeated field the first counts. */
export type Fields = ReadonlyMap<string, string>;

export interface RequestHead {
  method: string;
  /** With query, as it was sent. */
  target: string;
  fields: Fields;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  expectsContinue: boolean;
  /** Whether the connection may carry another request. */
  keepAlive: boolean;
}

/** Where a reader delivers what it reads. */
export interface RequestSink {
  onHead(head: RequestHead): void;
  /** The bytes stay valid; they may share memory with what was read with them. */
  onBody(bytes: Buffer): void;
  /** The request is complete. The next one is not looked at before `resume`. */
  onEnd(trailers: Fields): void;
}

/** What was sent is not HTTP/1.x, or larger than anything a runtime sends. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** Lambda-Runtime-Function-XRay-Error-Cause alone may hold a megabyte. */
const LONGEST_HEAD = 1024 * 1024 + 64 * 1024;
const LONGEST_CHUNK_LINE = 4096;
const NO_FIELDS: Fields = new Map();
const NOTHING = Buffer.alloc(0);

type State = 'head' | 'length' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'complete';

/**
 * Reads HTTP/1.x requests off one connection (RFC 9112). Node's own server does so, too, but builds streams and events
 * around each request that cost more than everything else an invocation of a warm function needs.
 */
export class RequestReader {
  readonly #sink: RequestSink;
  #state: State = 'head';
  #held: Buffer = NOTHING;
  /** Bytes of `#held` that were looked through for the end of a head or line already. */
  #searched = 0;
  #remaining = 0;

  constructor(sink: RequestSink) {
    this.#sink = sink;
  }

  /** Bytes that wait for the request before them to be answered. */
  get waiting(): number {
    return this.#state === 'complete' ? this.#held.length : 0;
  }

  /** Takes bytes as they come, split anywhere. Throws BadRequest. */
  push(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#run();
  }

  /** Goes on to the next request. Throws BadRequest. */
  resume(): void {
    if (this.#state !== 'complete') return;
    this.#state = 'head';
    if (this.#held.length > 0) this.#run();
  }

  #run(): void {
    while (this.#step());
  }

  /** False when more bytes, or an answer, have to come first. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'length':
      case 'chunk-data':
        return this.#readData();
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-end':
        return this.#readChunkEnd();
      case 'trailers':
        return this.#readTrailers();
      case 'complete':
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#find('\r\n\r\n', LONGEST_HEAD);
    if (end === -1) return false;
    const text = this.#held.toString('latin1', 0, end);
    this.#take(end + 4);
    const lineEnd = text.indexOf('\r\n');
    const line = lineEnd === -1 ? text : text.slice(0, lineEnd);
    const fields = lineEnd === -1 ? NO_FIELDS : parseFields(text, lineEnd + 2);
    const first = line.indexOf(' ');
    const last = line.lastIndexOf(' ');
    const version = line.slice(last + 1);
    if (first <= 0 || last <= first || !version.startsWith('HTTP/1.'))
      throw new BadRequest('no request line');
    this.#chooseBody(fields);
    this.#sink.onHead({
      method: line.slice(0, first),
      target: line.slice(first + 1, last),
      fields,
      expectsContinue: fields.get('expect')?.toLowerCase() === '100-continue',
      keepAlive: keepsAlive(version, fields.get('connection')),
    });
    if (this.#state === 'length' && this.#remaining === 0) this.#complete(NO_FIELDS);
    return true;
  }

  #chooseBody(fields: Fields): void {
    const coding = fields.get('transfer-encoding');
    const length = fields.get('content-length');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked' || length !== undefined)
        throw new BadRequest('transfer coding is not known');
      this.#state = 'chunk-size';
      return;
    }
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new BadRequest('bad content length');
    this.#state = 'length';
    this.#remaining = Number(length ?? 0);
  }

  #readData(): boolean {
    const { length } = this.#held;
    if (length === 0) return false;
    const size = Math.min(length, this.#remaining);
    const bytes = size === length ? this.#held : this.#held.subarray(0, size);
    this.#take(size);
    this.#remaining -= size;
    this.#sink.onBody(bytes);
    if (this.#remaining > 0) return false;
    if (this.#state === 'chunk-data') this.#state = 'chunk-end';
    else this.#complete(NO_FIELDS);
    return true;
  }

  #readChunkSize(): boolean {
    const end = this.#find('\r\n', LONGEST_CHUNK_LINE);
    if (end === -1) return false;
    const digits = /^[0-9a-f]{1,12}(?=[\t ;]|$)/i.exec(this.#held.toString('latin1', 0, end))?.[0];
    if (digits === undefined) throw new BadRequest('bad chunk size');
    this.#take(end + 2);
    this.#remaining = Number.parseInt(digits, 16);
    this.#state = this.#remaining === 0 ? 'trailers' : 'chunk-data';
    return true;
  }

  #readChunkEnd(): boolean {
    if (this.#held.length < 2) return false;
    if (this.#held[0] !== 0x0d || this.#held[1] !== 0x0a) throw new BadRequest('chunk without its end');
    this.#take(2);
    this.#state = 'chunk-size';
    return true;
  }

  #readTrailers(): boolean {
    if (this.#held.length < 2) return false;
    if (this.#held[0] === 0x0d && this.#held[1] === 0x0a) {
      this.#take(2);
      this.#complete(NO_FIELDS);
      return true;
    }
    const end = this.#find('\r\n\r\n', LONGEST_HEAD);
    if (end === -1) return false;
    const trailers = parseFields(this.#held.toString('latin1', 0, end), 0);
    this.#take(end + 4);
    this.#complete(trailers);
    return true;
  }

  #complete(trailers: Fields): void {
    this.#state = 'complete';
    this.#sink.onEnd(trailers);
  }

  /** Where `mark` begins, or -1 while it has not come. */
  #find(mark: string, longest: number): number {
    const from = Math.max(0, this.#searched - mark.length + 1);
    const at = this.#held.indexOf(mark, from, 'latin1');
    this.#searched = at === -1 ? this.#held.length : 0;
    if (at > longest || this.#searched > longest) throw new BadRequest('head or chunk line too long');
    return at;
  }

  #take(size: number): void {
    this.#held = size === this.#held.length ? NOTHING : this.#held.subarray(size);
    this.#searched = 0;
  }
}

function parseFields(text: string, from: number): Fields {
  const fields = new Map<string, string>();
  for (let start = from; start < text.length; ) {
    const found = text.indexOf('\r\n', start);
    const end = found === -1 ? text.length : found;
    const colon = text.indexOf(':', start);
    if (colon <= start || colon >= end) throw new BadRequest('bad header field');
    const name = text.slice(start, colon).toLowerCase();
    if (!fields.has(name)) fields.set(name, text.slice(colon + 1, end).trim());
    start = end + 2;
  }
  return fields;
}

function keepsAlive(version: string, connection: string | undefined): boolean {
  const asked = connection?.toLowerCase();
  return version === 'HTTP/1.0' ? asked === 'keep-alive' : asked !== 'close';
}
