import type { ServerResponse } from 'node:http';
import { connectionNames, FieldTable } from './field-table.ts';
import type { ResponseHead } from './response-head.ts';

const FIELDS = new FieldTable('drop', [
  ['trailer', 'trailer'],
  ['content-length', 'content-length'],
] as const);

/** What the client can be told, besides what the upstream said. */
export interface ClientFraming {
  /** The whole body's length, where it is known although the upstream did not declare it. */
  knownLength?: number | undefined;
  /** Whether trailers reach the client. */
  trailers: boolean;
}

/**
 * The header fields of a response for the client, as name, value, name, value: hop-by-hop fields removed, the rest
 * in the upstream's order, case and number.
 */
export function responseFields(head: ResponseHead, framing: ClientFraming): string[] {
  const { headers } = head;
  const fields: string[] = [];
  const dropped = connectionNames(headers);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (dropped?.has(name.toLowerCase())) continue;
    const role = FIELDS.get(name);
    if (role === 'drop') continue;
    if (role === 'trailer' && !framing.trailers) continue;
    // Forbidden with this status (RFC 9110, section 8.6), and some clients wait for the bytes it promises.
    if (role === 'content-length' && head.status === 204) continue;
    fields.push(name, headers[i + 1]!);
  }
  if (framing.knownLength !== undefined) fields.push('Content-Length', String(framing.knownLength));
  return fields;
}

/** Starts the client's response; of fields that were set on it beforehand, the upstream's of the same name replace them. */
export function writeResponseHead(res: ServerResponse, head: ResponseHead, fields: string[]): void {
  // What writeHead is given can't be read back, and a server that closes has to know which answers never end.
  if (res.getHeaderNames().length === 0 && !isEventStream(fields)) {
    res.writeHead(head.status, head.reason, fields);
    return;
  }
  // Beside fields set before, Node's writeHead keeps only the last of repeated names.
  for (let i = 0; i < fields.length; i += 2) res.removeHeader(fields[i]!);
  for (let i = 0; i < fields.length; i += 2) res.appendHeader(fields[i]!, fields[i + 1]!);
  res.writeHead(head.status, head.reason);
}

function isEventStream(fields: readonly string[]): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i]!.length !== 12 || fields[i]!.toLowerCase() !== 'content-type') continue;
    return fields[i + 1]!.toLowerCase().startsWith('text/event-stream');
  }
  return false;
}

/** Trailers that may be passed on, as pairs. */
export function responseTrailers(trailers: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < trailers.length; i += 2) {
    if (FIELDS.get(trailers[i]!) === undefined) pairs.push([trailers[i]!, trailers[i + 1]!]);
  }
  return pairs;
}
