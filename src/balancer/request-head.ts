import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connectionNames, FieldTable } from './field-table.ts';

/** What decides a forwarded request's head, apart from the request itself. */
export interface RequestTarget {
  /** The path and query to ask the upstream for, already percent-encoded. */
  path: string;
  /** The path the request came under and the upstream does not see; sent as X-Forwarded-Prefix. */
  prefix?: string | undefined;
  /** Name, value, name, value … added to the request; the client's own fields of these names are dropped. */
  extraHeaders?: readonly string[] | undefined;
}

/** How a request's body goes to the upstream. */
export type RequestFraming = 'none' | 'length' | 'chunked';

export interface RequestHead {
  /** Latin-1 text, empty line included. */
  text: string;
  framing: RequestFraming;
}

const FIELDS = new FieldTable('drop', [
  ['content-length', 'content-length'],
  ['transfer-encoding', 'transfer-encoding'],
  ['trailer', 'trailer'],
  ['host', 'host'],
  // Whoever serves this request has already answered "100 Continue".
  ['expect', 'drop'],
  ['http2-settings', 'drop'],
  ['x-forwarded-for', 'for'],
  ['x-forwarded-proto', 'proto'],
  ['x-forwarded-host', 'forwarded-host'],
  ['x-forwarded-port', 'port'],
  ['x-forwarded-prefix', 'prefix'],
] as const);

/** Anything else would end the request line early once it is written as Latin-1. */
const SAFE_PATH = /^[\x21-\x7e\x80-\xff]+$/;
const SAFE_HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Writes the head that asks the upstream for `target.path`: hop-by-hop fields removed, X-Forwarded-For appended,
 * X-Forwarded-Proto, -Host and -Port set unless a proxy in front already did, everything else as the client sent it.
 * @throws TypeError when the target holds characters that do not belong into a request head
 */
export function buildRequestHead(req: IncomingMessage, target: RequestTarget): RequestHead {
  if (!SAFE_PATH.test(target.path))
    throw new TypeError(`not an encoded path: ${JSON.stringify(target.path)}`);
  const { extraHeaders, prefix } = target;
  const raw = req.rawHeaders;
  const dropped = connectionNames(raw);
  let text = `${req.method} ${target.path} HTTP/1.1\r\n`;
  let framing: RequestFraming = 'none';
  let trailer = '';
  let host: string | undefined;
  let forwardedFor = '';
  let hasProto = false;
  let hasHost = false;
  let hasPort = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    if (dropped?.has(name.toLowerCase())) continue;
    if (extraHeaders !== undefined && names(extraHeaders, name)) continue;
    switch (FIELDS.get(name)) {
      case 'drop':
        continue;
      case 'content-length':
        framing = value === '0' ? 'none' : 'length';
        break;
      case 'transfer-encoding':
        framing = 'chunked';
        break;
      case 'trailer':
        trailer = value;
        continue;
      case 'host':
        host = value;
        break;
      case 'for':
        forwardedFor += `${value}, `;
        continue;
      case 'proto':
        hasProto = true;
        break;
      case 'forwarded-host':
        hasHost = true;
        break;
      case 'port':
        hasPort = true;
        break;
      case 'prefix':
        if (prefix !== undefined) continue;
        break;
      case undefined:
    }
    text += `${name}: ${value}\r\n`;
  }
  const { socket } = req;
  if (host === undefined) text += 'Host: localhost\r\n';
  text += `X-Forwarded-For: ${forwardedFor}${clientAddress(socket)}\r\n`;
  if (!hasProto) text += `X-Forwarded-Proto: ${'encrypted' in socket ? 'https' : 'http'}\r\n`;
  if (!hasHost && host !== undefined) text += `X-Forwarded-Host: ${host}\r\n`;
  if (!hasPort) text += `X-Forwarded-Port: ${socket.localPort ?? ''}\r\n`;
  if (prefix !== undefined) text += field('X-Forwarded-Prefix', prefix);
  if (framing === 'chunked' && trailer !== '') text += `Trailer: ${trailer}\r\n`;
  if (extraHeaders !== undefined) {
    for (let i = 0; i < extraHeaders.length; i += 2) text += field(extraHeaders[i]!, extraHeaders[i + 1]!);
  }
  return { text: `${text}\r\n`, framing };
}

/** The end of a chunked request body: the last chunk and the client's trailers. */
export function buildRequestTrailers(rawTrailers: readonly string[]): string {
  let text = '0\r\n';
  for (let i = 0; i < rawTrailers.length; i += 2) {
    // A trailer must not change how its message is routed or framed (RFC 9110, section 6.5.1).
    if (FIELDS.get(rawTrailers[i]!) === undefined) text += `${rawTrailers[i]}: ${rawTrailers[i + 1]}\r\n`;
  }
  return `${text}\r\n`;
}

function names(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length === name.length && headers[i]!.toLowerCase() === name.toLowerCase()) return true;
  }
  return false;
}

function field(name: string, value: string): string {
  if (!TOKEN.test(name) || !SAFE_HEADER_VALUE.test(value))
    throw new TypeError(`not a valid header: ${JSON.stringify(`${name}: ${value}`)}`);
  return `${name}: ${value}\r\n`;
}

/** The peer's address, IPv4 in its own notation also where the listener is a dual-stack one. */
export function clientAddress(socket: Socket): string {
  const address = socket.remoteAddress ?? 'unknown';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
