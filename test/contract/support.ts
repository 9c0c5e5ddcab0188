import { afterAll, beforeAll } from 'vitest';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { type Backend, openBackend } from './backend.ts';

/*
 * The suite runs against the built product on each of its back ends (CONTRACT_BACKEND, which the projects in
 * vitest.config.ts set), or unchanged against whatever CONTRACT_URL names: then with
 * CONTRACT_TOKEN as its bearer token, if set, and CONTRACT_MAX_CODE_BYTES as its limit. It removes what it creates.
 */
const GIVEN_URL = process.env.CONTRACT_URL?.replace(/\/$/, '');
const TOKEN = process.env.CONTRACT_TOKEN;

/** Headers that every request needs. */
export const AUTHORIZATION: Record<string, string> = TOKEN ? { authorization: `Bearer ${TOKEN}` } : {};

export const MAX_CODE_BYTES = Number(process.env.CONTRACT_MAX_CODE_BYTES ?? 20 * 1024 * 1024);

/** Whether time-outs are ours to set; a deployment may be more patient than a test. */
export const OWN_DAEMON = GIVEN_URL === undefined;

/** The first function of a language may have to wait for its toolchain's first build. */
export const FIRST_START_TIMEOUT = 300_000;

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface FunctionFields {
  title?: string;
  name?: string;
  runtime?: string;
  version?: string;
  code?: string;
  file?: string;
}

export interface FunctionDocument {
  id: string;
  title: string;
  runtime: string;
  version: string;
  code: string;
  disabled: boolean;
  reg_date: string;
  update_date: string;
}

export interface ListDocument {
  lambdas: Omit<FunctionDocument, 'code'>[];
  pages: number;
  cnt: number;
}

export interface ErrorDocument {
  error: string;
}

/** A platform API under test. */
export class Contract {
  #url = '';
  readonly #created = new Set<string>();

  get url(): string {
    return this.#url;
  }

  start(url: string): void {
    this.#url = url;
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(AUTHORIZATION)) headers.set(name, value);
    return fetch(this.#url + path, { ...init, headers });
  }

  /** Sends JSON, or a form, or a string as it is with JSON's content type; reads the JSON answer. */
  async call<T = ErrorDocument>(method: string, path: string, body?: object | string): Promise<Answer<T>> {
    const response = await this.request(path, {
      method,
      ...(body instanceof FormData && { body }),
      ...(body !== undefined &&
        !(body instanceof FormData) && {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  /** Creates a function (by default Node's) and returns its id. */
  async create(fields: FunctionFields | FormData): Promise<string> {
    const body =
      fields instanceof FormData ? fields : { title: 'contract', runtime: 'node', version: '20', ...fields };
    const answer = await this.call<string>('POST', '/lambda', body);
    if (answer.status !== 200)
      throw new Error(`POST /lambda: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.#created.add(answer.body);
    return answer.body;
  }

  async get(id: string): Promise<FunctionDocument> {
    const answer = await this.call<FunctionDocument>('GET', `/lambda?id=${id}`);
    if (answer.status !== 200)
      throw new Error(`GET /lambda: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async patch(id: string, fields: FunctionFields): Promise<void> {
    const answer = await this.call('PATCH', '/lambda', { id, ...fields });
    if (answer.status !== 200)
      throw new Error(`PATCH /lambda: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async remove(id: string): Promise<void> {
    const answer = await this.call('DELETE', `/lambda?id=${id}`);
    if (answer.status !== 200)
      throw new Error(`DELETE /lambda: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.#created.delete(id);
  }

  /** Calls the function; waits, bounded, while none is ready. */
  async endpoint(id: string, path = '', init: RequestInit = {}): Promise<Response> {
    const end = Date.now() + FIRST_START_TIMEOUT;
    for (;;) {
      const response = await this.request(`/endpoint/${id}${path}`, init);
      if (response.status !== 503 || Date.now() > end) return response;
      await response.arrayBuffer();
    }
  }

  async text(id: string, path = ''): Promise<string> {
    return (await this.endpoint(id, path)).text();
  }

  async cleanUp(): Promise<void> {
    for (const id of this.#created) await this.call('DELETE', `/lambda?id=${id}`);
  }
}

/** The API that the tests of a file talk to; functions made through it are removed afterwards. */
export function useContract(args: string[] = []): Contract {
  const contract = new Contract();
  let backend: Backend | undefined;
  let daemon: RunningDaemon | undefined;
  beforeAll(async () => {
    if (OWN_DAEMON) {
      backend = await openBackend();
      daemon = await startDaemon({ args: [...backend.flags, ...args] });
    }
    contract.start(GIVEN_URL ?? daemon!.url);
  });
  afterAll(async () => {
    await contract.cleanUp();
    await daemon?.stop();
    await backend?.[Symbol.asyncDispose]();
  });
  return contract;
}

/** A Node handler that answers with a text. */
export function saying(text: string): string {
  return `export default function handler(req, res) { res.send(${JSON.stringify(text)}); }\n`;
}
