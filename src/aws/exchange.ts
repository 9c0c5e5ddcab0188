import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Clock } from '../clock/clock.ts';
import { type BodyLimit, collect } from './body/collect.ts';
import { openBody } from './body/request-body.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { Signs } from './identify.ts';
import type { WireRequest } from './protocols/protocol.ts';
import type { OperationModel, ServiceIdentity } from './shapes/model.ts';
import type { ChunkSignatures } from './signature/sign.ts';
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
  /** Action and Version, of the query and of a form. */
  readonly #named = new Map<string, string>();
  /** A form, which had to be read to know what it asks for. */
  #form: Buffer | undefined;
  /** The body as it was sent, where its signature is looked at. */
  #raw: Buffer | undefined;
  readonly #keepsRaw: boolean;
  /** What verifies a body in signed chunks. */
  chunkSignatures: ChunkSignatures | undefined;

  /** `keepsRaw` where signatures are verified: they are about the body as it was sent. */
  constructor(req: IncomingMessage, res: ServerResponse, clock: Clock, keepsRaw = false) {
    const [path = '/', query = ''] = splitOnce(req.url!, '?');
    this.#clock = clock;
    this.#keepsRaw = keepsRaw;
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

  /** What the request has said of itself up to now. */
  get signs(): Signs {
    const { credentials } = this;
    return { headers: this.req.headers, path: this.path, parameters: this.#named, credentials };
  }

  /**
   * Reads what tells the service and the operation: the signature, and a form, if the request is one.
   *
   * @throws WireError, MalformedValue
   */
  async readSigns(): Promise<Signs> {
    this.#name(this.parameters);
    if (this.method === 'POST' && this.req.headers['content-type']?.toLowerCase().startsWith(FORM)) {
      this.#form = await this.#collect({ bytes: USUAL_LIMIT });
      this.#name(parseParameters(this.#form.toString('utf8')));
    }
    this.credentials = readCredentials(this.req.headers, this.parameters);
    return this.signs;
  }

  /** The body as it was sent. */
  async readRaw(limit: BodyLimit): Promise<Buffer> {
    this.#raw ??= await collect(this.req, limit, this.#clock);
    return this.#raw;
  }

  async request(operation: OperationModel, identity: ServiceIdentity): Promise<WireRequest> {
    const { method, path, query } = this;
    const { headers } = this.req;
    const limit = { bytes: identity.maxBodyBytes ?? USUAL_LIMIT, operation: operation.name };
    const base = { method, path, query, headers };
    if (operation.streamsInput) return { ...base, body: new Uint8Array(), stream: await this.#open(limit) };
    return { ...base, body: this.#form ?? (await this.#collect(limit)) };
  }

  #name(parameters: Iterable<readonly [string, string]>): void {
    for (const [name, value] of parameters) {
      if (name === 'Action' || name === 'Version') this.#named.set(name, value);
    }
  }

  async #collect(limit: BodyLimit): Promise<Buffer> {
    return collect(await this.#open(limit), limit, this.#clock);
  }

  async #open(limit: BodyLimit): Promise<Readable> {
    const { headers } = this.req;
    if (this.#keepsRaw) await this.readRaw(limit);
    const source = this.#raw === undefined ? this.req : Readable.from([this.#raw], { objectMode: false });
    return openBody(source, headers, limit, this.chunkSignatures);
  }
}

function splitOnce(text: string, mark: string): [string, string] {
  const index = text.indexOf(mark);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
