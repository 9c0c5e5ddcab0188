/** The upstream broke HTTP/1.x: what it sent cannot be understood, or not be passed on safely. */
export class UpstreamProtocolError extends Error {
  override readonly name = 'UpstreamProtocolError';
}

/** How the end of a response's body is recognised (RFC 9112, section 6.3). */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close';

export interface ResponseHead {
  status: number;
  /** The reason phrase; may be empty. */
  reason: string;
  /** Name, value, name, value …: order, case and duplicates as received, values without surrounding space. */
  headers: string[];
  framing: BodyFraming;
  /** Bytes of the body when `framing` is 'length'. */
  length: number;
  /** Whether the upstream offers to use the connection again after this response. */
  keepAlive: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: (.*))?$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const DECIMAL = /^[0-9]{1,15}$/;

/**
 * Reads a status line and header lines, each ended by CRLF, without the empty line. The text must already be
 * free of control characters other than those line ends and tabs.
 * @throws UpstreamProtocolError
 */
export function parseResponseHead(text: string, requestMethod: string): ResponseHead {
  const end = text.indexOf('\r\n');
  const match = STATUS_LINE.exec(end < 0 ? text : text.slice(0, end));
  if (!match) throw new UpstreamProtocolError('the response does not start with an HTTP/1.x status line');
  const status = Number(match[2]);
  const headers = parseFields(text, end + 2);
  const head: ResponseHead = {
    status,
    reason: match[3] ?? '',
    headers,
    framing: 'close',
    length: 0,
    keepAlive: match[1] === '1',
  };
  readFraming(head, match[1] === '1');
  if (status < 200 || status === 204 || status === 304 || requestMethod === 'HEAD') head.framing = 'none';
  if (head.framing === 'close') head.keepAlive = false;
  return head;
}

/**
 * Reads header or trailer lines from `start` of `text` as name, value, name, value.
 * @throws UpstreamProtocolError
 */
export function parseFields(text: string, start: number): string[] {
  const fields: string[] = [];
  for (let at = start; at < text.length; ) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    const name = colon < 0 || colon > end ? text.slice(at, end) : text.slice(at, colon);
    // A line that starts with a space continues the one before it, which RFC 9112 forbids to pass on (section 5.2).
    if (name.length === end - at || !TOKEN.test(name))
      throw new UpstreamProtocolError(`the response has an invalid header line ${JSON.stringify(name)}`);
    fields.push(name, trimmed(text, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

function trimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function readFraming(head: ResponseHead, persistentByDefault: boolean): void {
  const { headers } = head;
  let length: string | undefined;
  let coding: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    // Lengths of connection, content-length and transfer-encoding: other names need no lower-casing.
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const value = headers[i + 1]!;
    switch (name.toLowerCase()) {
      case 'connection':
        head.keepAlive = offersKeepAlive(value, head.keepAlive);
        break;
      case 'content-length':
        if (length !== undefined || !DECIMAL.test(value))
          throw new UpstreamProtocolError('the response has a repeated or invalid Content-Length');
        length = value;
        break;
      case 'transfer-encoding':
        coding = coding === undefined ? value : `${coding}, ${value}`;
        break;
    }
  }
  if (coding !== undefined) {
    if (length !== undefined)
      throw new UpstreamProtocolError('the response has both Content-Length and Transfer-Encoding');
    if (coding.toLowerCase() !== 'chunked' || !persistentByDefault)
      throw new UpstreamProtocolError(`the response has the unsupported Transfer-Encoding "${coding}"`);
    head.framing = 'chunked';
  } else if (length !== undefined) {
    head.framing = 'length';
    head.length = Number(length);
  }
}

function offersKeepAlive(connection: string, otherwise: boolean): boolean {
  const options = connection.toLowerCase();
  if (options === 'keep-alive') return true;
  const list = options.split(',').map((option) => option.trim());
  if (list.includes('close')) return false;
  return otherwise || list.includes('keep-alive');
}
