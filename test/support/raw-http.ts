import { connect, type Socket } from 'node:net';
import { PATIENCE } from './patience.ts';

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  /** Lower-case names; repeated ones joined by `, `. */
  headers: Record<string, string>;
  body: string;
  /** All that was received, head included. */
  text: string;
}

/** A connection that says exactly what it is told to, for what no HTTP client would send. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = '';
  #ended = false;
  #onMore = () => {};

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname.replace(/[[\]]/g, ''));
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#onMore();
    });
    // A reset ends a connection as well as an orderly end does.
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#ended = true;
        this.#onMore();
        resolve();
      });
    });
  }

  /** What was received and not yet taken as part of an answer. */
  get received(): string {
    return this.#received;
  }

  send(data: string | Buffer): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
    return this;
  }

  /** Waits, bounded, until `look` finds something in what was received, or the connection ends. */
  async until<T>(look: (received: string, ended: boolean) => T | undefined): Promise<T> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = look(this.#received, this.#ended);
      if (found !== undefined) return found;
      const left = end - Date.now();
      if (left <= 0 || this.#ended) throw new Error(`no answer, only ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#onMore = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Takes the next whole answer; interim ones (100) are skipped. `bodiless` where the request was a HEAD. */
  async answer(options: { bodiless?: boolean } = {}): Promise<RawAnswer> {
    const [answer, rest] = await this.until((received, ended) => split(received, ended, options.bodiless));
    this.#received = rest;
    return answer;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Sends one request on a connection of its own and returns the answer. */
export async function rawRequest(url: string, request: string | Buffer): Promise<RawAnswer> {
  using connection = new RawConnection(url);
  return await connection.send(request).answer();
}

/** The first answer in a text, and what follows it; undefined while it is not complete. */
function split(text: string, ended: boolean, bodiless = false): [RawAnswer, string] | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rest = text.slice(end + 4);
  if (status < 200) return split(rest, ended, bodiless);
  const headers = fieldsOf(lines);
  const made = (body: string, length: number): [RawAnswer, string] => [
    { status, headers, body, text: text.slice(0, end + 4 + length) },
    rest.slice(length),
  ];
  if (bodiless || status === 204 || status === 304) return made('', 0);
  if (headers['content-length'] !== undefined) {
    const length = Number(headers['content-length']);
    return rest.length >= length ? made(rest.slice(0, length), length) : undefined;
  }
  if (headers['transfer-encoding'] === 'chunked') return chunked(rest, made);
  return ended ? made(rest, rest.length) : undefined;
}

function fieldsOf(lines: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value;
  }
  return fields;
}

function chunked<T>(rest: string, made: (body: string, length: number) => T): T | undefined {
  let body = '';
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.slice(at, lineEnd), 16);
    if (size === 0) {
      const end = rest.indexOf('\r\n\r\n', lineEnd);
      return end < 0 ? undefined : made(body, end + 4);
    }
    at = lineEnd + 2 + size + 2;
    if (rest.length < at) return undefined;
    body += rest.slice(lineEnd + 2, at - 2);
  }
}
