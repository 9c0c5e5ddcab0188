import { type Answer, call } from './request.ts';
import type {
  DefaultDocument,
  DetailedTraffic,
  Exchange,
  FullFunction,
  FunctionPage,
  FunctionStatus,
  Health,
  RuntimeDocument,
} from './types.ts';

/* The calls of the platform API that the console makes, all of them documented in /openapi.json. */

export type SortField = 'title' | 'runtime' | 'reg_date' | 'update_date';

export interface ListQuery {
  search: string;
  sort: SortField;
  asc: boolean;
  page: number;
  limit: number;
}

export interface FunctionInput {
  title: string;
  runtime: string;
  version: string;
  code: string;
}

export async function listFunctions(query: ListQuery, signal?: AbortSignal): Promise<FunctionPage> {
  const { search, sort, asc, page, limit } = query;
  const params = new URLSearchParams({
    include: 'status,traffic',
    sort,
    asc: String(asc),
    page: String(page),
    limit: String(limit),
    ...(search === '' ? {} : { search }),
  });
  return (await call<FunctionPage>(`/lambda/list?${params}`, { signal })).data;
}

/** The function with its code; the ETag is for `updateFunction`. */
export function getFunction(id: string, signal?: AbortSignal): Promise<Answer<FullFunction>> {
  return call<FullFunction>(`/lambda?id=${encodeURIComponent(id)}`, { signal });
}

export async function getStatus(id: string, signal?: AbortSignal): Promise<FunctionStatus> {
  return (await call<FunctionStatus>(`/lambda/${encodeURIComponent(id)}/status`, { signal })).data;
}

export async function getTraffic(id: string, signal?: AbortSignal): Promise<DetailedTraffic> {
  return (await call<DetailedTraffic>(`/lambda/${encodeURIComponent(id)}/traffic`, { signal })).data;
}

export async function getExchange(seq: number, signal?: AbortSignal): Promise<Exchange> {
  return (await call<Exchange>(`/_lambdock/exchanges/${seq}`, { signal })).data;
}

export async function createFunction(input: FunctionInput): Promise<string> {
  return (await call<string>('/lambda', { method: 'POST', body: input })).data;
}

/** ApiError 412, with the ETag of what is stored, when the function is no longer the one that `etag` stands for. */
export function updateFunction(
  id: string,
  changes: Partial<FunctionInput>,
  etag: string | null,
): Promise<Answer<string>> {
  return call<string>('/lambda', {
    method: 'PATCH',
    body: { id, ...changes },
    headers: etag === null ? {} : { 'if-match': etag },
  });
}

export async function deleteFunction(id: string): Promise<void> {
  await call(`/lambda?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export async function restoreFunction(id: string): Promise<void> {
  await call(`/lambda/${encodeURIComponent(id)}/restore`, { method: 'POST' });
}

export async function listRuntimes(signal?: AbortSignal): Promise<RuntimeDocument[]> {
  return (await call<{ runtimes: RuntimeDocument[] }>('/lambda/runtimes', { signal })).data.runtimes;
}

export async function getDefault(signal?: AbortSignal): Promise<DefaultDocument> {
  return (await call<DefaultDocument>('/lambda/default', { signal })).data;
}

export async function getHealth(signal?: AbortSignal): Promise<Health> {
  return (await call<Health>('/_lambdock/health', { signal })).data;
}

/** The path of a function's endpoint on this daemon. */
export function endpointOf(id: string): string {
  return `/endpoint/${id}`;
}
