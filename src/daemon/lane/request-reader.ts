import type { IncomingHttpHeaders } from 'node:http';
import { type HeaderNames, noHeaders } from './header-names.ts';

/** A request by its path as it was sent, with the headers that say something to who answers it. */
export interface RequestHead {
  path: string;
  headers: IncomingHttpHeaders;
}

export interface SmallRequest extends RequestHead {
  body: Buffer;
}

const METHOD = 'POST ';
const VERSION = ' HTTP/1.1';
const HEAD_END = '\r\n\r\n';
const LARGEST_HEAD = 16 * 1024;
const LARGEST_BODY = 256 * 1024;
/** Lines of a name, a colon and printable characters: all else is a matter for Node's parser. */
const PLAIN_LINES = /^(?:\r\n[\w-]+:[\x20-\x7e]*)*$/;

/**
 * Reads a POST with a body of known, small length whose head `fits`. Undefined for anything else, and for anything that is in any
 * way unusual; `incomplete` where the head is there and the rest of its body is not.
 */
export function readSmallRequest(
  bytes: Buffer,
  names: HeaderNames,
  fits: (head: RequestHead) => boolean,
): SmallRequest | 'incomplete' | undefined {
  const end = bytes.indexOf(HEAD_END, 0, 'latin1');
  if (end === -1 || end > LARGEST_HEAD) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const lineEnd = head.indexOf('\r\n');
  if (lineEnd === -1 || !head.startsWith(METHOD)) return undefined;
  const pathEnd = lineEnd - VERSION.length;
  if (!head.startsWith(VERSION, pathEnd)) return undefined;
  const path = head.slice(METHOD.length, pathEnd);
  if (!PLAIN_LINES.test(head.slice(lineEnd))) return undefined;
  const headers = readHeaders(head, lineEnd + 2, names);
  if (!headers) return undefined;
  const length = lengthIn(headers);
  if (length === undefined || !fits({ path, headers })) return undefined;
  const begin = end + HEAD_END.length;
  if (bytes.length < begin + length) return 'incomplete';
  // What follows did not wait for the answer.
  return bytes.length > begin + length ? undefined : { path, headers, body: bytes.subarray(begin) };
}

/** How long the body is; undefined where that is not said plainly, or anything else is missing. */
function lengthIn(headers: IncomingHttpHeaders): number | undefined {
  const { connection, host, 'content-length': length } = headers;
  const hash = headers['x-amz-content-sha256'] as string | undefined;
  if (host === undefined || hash?.startsWith('STREAMING-')) return undefined; // sent in chunks of its own kind
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  if (length === undefined || !/^\d{1,7}$/.test(length)) return undefined;
  const size = Number(length);
  return size > LARGEST_BODY ? undefined : size;
}

function readHeaders(head: string, from: number, names: HeaderNames): IncomingHttpHeaders | undefined {
  const headers = noHeaders();
  for (let start = from; start < head.length; ) {
    const found = head.indexOf('\r\n', start);
    const end = found === -1 ? head.length : found;
    const colon = head.indexOf(':', start);
    const name = names.meaning(head.slice(start, colon));
    if (name === undefined) return undefined;
    if (name !== '') {
      if (headers[name] !== undefined) return undefined;
      headers[name] = head.slice(colon + 1, end).trim();
    }
    start = end + 2;
  }
  return headers;
}
