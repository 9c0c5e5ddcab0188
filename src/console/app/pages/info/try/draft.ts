import type { HttpRequest } from '../../../http/curl.ts';
import { headerProblem, takesBody } from '../../../http/header-rules.ts';

export interface Pair {
  name: string;
  value: string;
}

/** A request to a function as it is typed. */
export interface Draft {
  method: string;
  /** After the endpoint. May have a query of its own. */
  path: string;
  query: Pair[];
  headers: Pair[];
  contentType: string;
  body: string;
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

export const FIRST_DRAFT: Draft = {
  method: 'GET',
  path: '/',
  query: [],
  headers: [],
  contentType: 'application/json',
  body: '',
};

/** The address on this daemon, without its host; `endpoint` is the path of the function's. */
export function pathOf({ path, query }: Draft, endpoint: string): string {
  const [before, hash] = split(path.trim().replace(/^(?!\/)/, '/'), '?');
  const pairs = query
    .filter(({ name, value }) => name !== '' || value !== '')
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const search = [hash, ...pairs].filter((part) => part !== '').join('&');
  const inner = before === '/' ? '' : before.replaceAll('#', '%23');
  return endpoint + inner + (search === '' ? '' : `?${search.replaceAll('#', '%23')}`);
}

/** What is wrong with the path; undefined when it is one of the function's. */
export function pathProblem(draft: Draft, endpoint: string, origin: string): string | undefined {
  const path = pathOf(draft, endpoint);
  const inner = path.slice(endpoint.length);
  // Browsers resolve `..`, also written with `%2e`, before they send.
  const resolved = URL.canParse(path, origin) ? new URL(path, origin) : undefined;
  if (resolved?.origin !== origin) return 'This is no path';
  if (/^$|^[/?]/.test(inner) && isWithin(resolved.pathname, endpoint)) return undefined;
  return 'This path leads out of the function';
}

/** The request with everything in it, also what browsers don't let pages send. */
export function toRequest(draft: Draft, endpoint: string, origin: string): HttpRequest {
  const { method, contentType, body } = draft;
  const headers = draft.headers
    .map(({ name, value }) => [name.trim(), value.trim()] as const)
    .filter(([name]) => name !== '');
  const sendsBody = takesBody(method) && body !== '';
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method,
    url: origin + pathOf(draft, endpoint),
    headers:
      sendsBody && contentType !== '' && !typed ? [['content-type', contentType], ...headers] : headers,
    ...(sendsBody ? { body } : {}),
  };
}

/** Only what a browser takes; the rest of the headers stays for curl. */
export function sendable(request: HttpRequest): HttpRequest {
  return { ...request, headers: request.headers.filter(([name, value]) => !headerProblem(name, value)) };
}

function isWithin(path: string, endpoint: string): boolean {
  return path === endpoint || path.startsWith(`${endpoint}/`);
}

function split(text: string, at: string): [before: string, after: string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
