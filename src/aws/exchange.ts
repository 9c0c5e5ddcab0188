import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock/clock.ts';
import { collect } from './body/collect.ts';
import { openBody } from './body/request-body.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { Signs } from './identify.ts';
import type { WireRequest } from './protocols/protocol.ts';
import type { OperationModel, ServiceIdentity } from './shapes/model.ts';
import { parseParameters } from './values/query.ts';

const FORM = 'application/x-www-form-urlencoded';
/** AWS's own limit for most services; others name theirs. */
const USUAL_LIMIT = 10 * 2 ** 20;

/** A request with what was found out of it so far. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly parameters: URLSearchParams;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  credentials: Credentials | undefined;
  /** A form, which had to be read to know what it asks for. */
  #form: Buffer | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, clock: Clock) {
    const [path = '/', query = ''] = splitOnce(req.url!, '?');
    this.#clock = clock;
    this.req = req;
    this.res = res;
    this.method = req.method!;
    this.path = path;
    this.query = query;
    this.parameters = new URLSearchParams(query);
    res.once('close', () => {
      if (!res.writableFinished) this.#gone.abort(new Error('the client went away'));
    });
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  async signs(): Promise<Signs> {
    const { headers } = this.req;
    this.credentials = readCredentials(headers, this.parameters);
    const parameters = new Map<string, string>();
    for (const name of ['Action', 'Version']) {
      const value = this.parameters.get(name);
      if (value !== null) parameters.set(name, value);
    }
    if (this.method === 'POST' && headers['content-type']?.toLowerCase().startsWith(FORM)) {
      this.#form = await this.#collect(USUAL_LIMIT);
      for (const [name, value] of parseParameters(this.#form.toString('utf8'))) {
        if (name === 'Action' || name === 'Version') parameters.set(name, value);
      }
    }
    return { headers, path: this.path, parameters, credentials: this.credentials };
  }

  async request(operation: OperationModel, identity: ServiceIdentity): Promise<WireRequest> {
    const { method, path, query } = this;
    const { headers } = this.req;
    const limit = identity.maxBodyBytes ?? USUAL_LIMIT;
    const base = { method, path, query, headers };
    if (operation.streamsInput) return { ...base, body: new Uint8Array(), stream: await this.#open(limit) };
    return { ...base, body: this.#form ?? (await this.#collect(limit)) };
  }

  async #collect(limit: number): Promise<Buffer> {
    return collect(await this.#open(limit), limit, this.#clock);
  }

  #open(limit: number): Promise<Readable> {
    return openBody(this.req, this.req.headers, limit);
  }
}

function splitOnce(text: string, mark: string): [string, string] {
  const index = text.indexOf(mark);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
