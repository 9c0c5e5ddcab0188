import type { IncomingHttpHeaders } from 'node:http';

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

/** What is looked at. Of what is not named here nothing depends on. */
const KEPT = new Set([
  'authorization',
  'connection',
  'content-length',
  'host',
  'x-amz-content-sha256',
  'x-amz-invocation-type',
  'x-amz-log-type',
  'x-amz-security-token',
  'x-amzn-trace-id',
]);
const WITHOUT_EFFECT = new Set(['x-amz-date', 'x-amz-user-agent']);
/** They change how a body is read, who may call, or what is done. */
const UNUSUAL = new Set(['content-encoding', 'expect', 'origin', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Reads a POST with a body of known, small length whose head `fits`. Undefined for anything else, and for anything that is in any
 * way unusual; `incomplete` where the head is there and the rest of its body is not.
 */
export function readSmallRequest(
  bytes: Buffer,
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
  const headers = readHeaders(head, lineEnd + 2);
  if (!headers) return undefined;
  const length = lengthIn(headers);
  if (length === undefined || !fits({ path, headers })) return undefined;
  const begin = end + HEAD_END.length;
  if (bytes.length < begin + length) return 'incomplete';
  // What follows did not wait for the answer.
  return bytes.length > begin + length ? undefined : { path, headers, body: bytes.subarray(begin) };
}

/** How long the body is; undefined where that is not said plainly, or anything else is missing. */
function lengthIn(headers: Readonly<Record<string, string>>): number | undefined {
  const { connection, host, 'content-length': length, 'x-amz-content-sha256': hash } = headers;
  if (host === undefined || hash?.startsWith('STREAMING-')) return undefined; // sent in chunks of its own kind
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  if (length === undefined || !/^\d{1,7}$/.test(length)) return undefined;
  const size = Number(length);
  return size > LARGEST_BODY ? undefined : size;
}

function readHeaders(head: string, from: number): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (let start = from; start < head.length; ) {
    const found = head.indexOf('\r\n', start);
    const end = found === -1 ? head.length : found;
    const colon = head.indexOf(':', start);
    const name = head.slice(start, colon).toLowerCase();
    if (KEPT.has(name)) {
      if (headers[name] !== undefined) return undefined;
      headers[name] = head.slice(colon + 1, end).trim();
    } else if (isUnusual(name)) {
      return undefined;
    }
    start = end + 2;
  }
  return headers;
}

function isUnusual(name: string): boolean {
  if (UNUSUAL.has(name) || name.startsWith('sec-')) return true;
  return name.startsWith('x-amz-') && !WITHOUT_EFFECT.has(name);
}
