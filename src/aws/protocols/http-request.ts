import type { IncomingHttpHeaders } from 'node:http';
import { MalformedValue } from '../errors.ts';
import type { OperationModel } from '../shapes/model.ts';
import { pathLabels } from '../shapes/route-pattern.ts';
import type { Shape } from '../shapes/shape.ts';
import { parseParameters } from '../values/query.ts';
import { readText } from '../values/text.ts';
import { setOwn } from '../values/tree.ts';
import { readHeaderList } from './header-list.ts';
import type { Input, WireRequest } from './protocol.ts';

/** Reads what the http traits take from path, query and headers. The body is left to the protocol. */
export function readHttpBindings(operation: OperationModel, request: WireRequest): Input {
  const input: Input = {};
  const { route } = operation;
  const labels = route ? pathLabels(route, request.path) : {};
  const query = groupParameters(request.query);
  for (const { name, shape } of operation.input.members) {
    const { httpLabel, httpQuery, httpQueryParams, httpHeader, httpPrefixHeaders } = shape.traits;
    let value: unknown;
    if (httpLabel) value = readLabel(shape, labels[name]);
    else if (httpQuery !== undefined) value = readQuery(shape, query.get(httpQuery));
    else if (httpQueryParams) value = readQueryMap(shape, query, operation);
    else if (httpHeader !== undefined) value = readHeader(shape, request.headers[httpHeader.toLowerCase()]);
    else if (httpPrefixHeaders !== undefined) value = readPrefix(httpPrefixHeaders, request.headers);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

/** Whether a member travels in the body, outside of which the http traits put others. */
export function isBodyMember({ shape }: { shape: Shape }): boolean {
  const {
    httpLabel,
    httpQuery,
    httpQueryParams,
    httpHeader,
    httpPrefixHeaders,
    httpPayload,
    httpResponseCode,
  } = shape.traits;
  return !(
    httpLabel ||
    httpQuery !== undefined ||
    httpQueryParams ||
    httpHeader !== undefined ||
    httpPrefixHeaders !== undefined ||
    httpPayload ||
    httpResponseCode
  );
}

function readLabel(shape: Shape, text: string | undefined): unknown {
  return text === undefined ? undefined : readText(shape, text, 'date-time');
}

function readQuery(shape: Shape, values: readonly string[] | undefined): unknown {
  if (!values) return undefined;
  if (shape.kind === 'list') return values.map((value) => readText(shape.element, value, 'date-time'));
  return readText(shape, values[0]!, 'date-time');
}

/** Everything in the query that has no member of its own. */
function readQueryMap(
  shape: Shape,
  query: ReadonlyMap<string, readonly string[]>,
  { input }: OperationModel,
): unknown {
  const named = new Set(input.members.map((member) => member.shape.traits.httpQuery));
  const rest: Record<string, unknown> = {};
  for (const [name, values] of query) {
    if (!named.has(name)) setOwn(rest, name, shape.element.kind === 'list' ? values : values[0]);
  }
  return Object.keys(rest).length > 0 ? rest : undefined;
}

function readHeader(shape: Shape, header: string | string[] | undefined): unknown {
  if (header === undefined) return undefined;
  const text = Array.isArray(header) ? header.join(', ') : header;
  if (shape.kind === 'list') {
    return readHeaderList(shape.element, text).map((item) => readText(shape.element, item, 'http-date'));
  }
  // JSON would need quoting in a header, and so travels in base64.
  if (shape.traits.mediaType && shape.kind === 'string') return fromBase64(text);
  return readText(shape, text, 'http-date');
}

function readPrefix(prefix: string, headers: IncomingHttpHeaders): unknown {
  const lower = prefix.toLowerCase();
  const entries = Object.entries(headers)
    .filter(([name]) => name.startsWith(lower))
    .map(([name, value]) => [name.slice(lower.length), String(value)]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function fromBase64(text: string): string {
  if (!/^[\w+/-]*={0,2}$/.test(text)) throw new MalformedValue('Invalid base64 encoding in a header');
  return Buffer.from(text, 'base64').toString('utf8');
}

function groupParameters(query: string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of parseParameters(query)) {
    const values = groups.get(name);
    if (values) values.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}
