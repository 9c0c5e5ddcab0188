import { authorization, noteRefusal } from './session.ts';

/** The daemon answered with an error of its own: `{"error": message}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly etag: string | null;

  constructor(status: number, message: string, etag: string | null = null) {
    super(message);
    this.status = status;
    this.etag = etag;
  }
}

/** The daemon did not answer at all. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor() {
    super('lambdock does not answer');
  }
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}

/** Calls the platform API. Rejects with ApiError, Unreachable, or an AbortError. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const { method = 'GET', body, headers, signal } = options;
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...authorization(),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    throw isAbort(error) ? error : new Unreachable();
  });
  const etag = response.headers.get('etag');
  const data: unknown = await response.json().catch(() => undefined);
  if (response.ok) return { data: data as T, etag };
  if (response.status === 401) noteRefusal();
  throw new ApiError(response.status, errorIn(data) ?? `lambdock answered ${response.status}`, etag);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What to tell a person about a call that failed. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function errorIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('error' in data)) return undefined;
  return typeof data.error === 'string' ? data.error : undefined;
}
