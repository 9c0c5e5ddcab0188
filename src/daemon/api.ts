import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAwsRequest, isPresignedObject } from '../aws/signed.ts';
import { isPagePath } from '../console/paths.ts';
import { sendJson } from '../support/json-response.ts';
import type { Guard } from './guard.ts';
import { type DaemonControl, handleInternal } from './internal-api.ts';

export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

export interface ApiOptions {
  control: DaemonControl;
  guard: Guard;
  /** Loads the platform API, with the libraries it needs; called when it is first used. */
  loadPlatform(): Promise<RequestHandler>;
  /** The AWS API, which loads itself with its first request. */
  aws: RequestHandler;
  /** `GET /{bucket}/{key}?X-Amz-Signature=…` */
  presigned: RequestHandler;
}

const PLATFORM = /^\/(lambda|openapi\.json|_lambdock\/(link|journal|exchanges))(?=[/?]|$)/;

/** Everything on the port that is not an endpoint, by path. */
export class Api {
  readonly #options: ApiOptions;
  #platform: Promise<RequestHandler> | undefined;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Loads what the first call would otherwise wait for. */
  async preload(): Promise<void> {
    await this.#loadPlatform();
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { control, presigned, aws } = this.#options;
    const url = req.url!;
    if (isPagePath(url)) {
      // Else "back" in a browser shows what a script of the page got from the same address.
      res.setHeader('vary', 'Accept');
      res.setHeader('cache-control', 'no-store');
    }
    if (this.#answerCors(req, res)) return;
    // A signature stands for the token, so that what is signed must not come to anything of ours that needs one.
    if (isPresignedObject(req)) return presigned(req, res);
    if (isAwsRequest(req)) return aws(req, res);
    if (PLATFORM.test(url)) {
      const platform = await this.#loadPlatform();
      return platform(req, res);
    }
    if (url.startsWith('/_lambdock/') && (await handleInternal(control, req, res))) return;
    if (url === '/') return sendJson(res, 200, welcome());
    sendJson(res, 404, { error: `nothing at ${url.split('?')[0]}; GET /openapi.json lists what there is` });
  }

  /** Tells browsers that a page of an allowed origin may read the answer. True when that was the whole question. */
  #answerCors(req: IncomingMessage, res: ServerResponse): boolean {
    const origin = this.#options.guard.corsOrigin(req);
    if (origin === undefined) return false;
    res.setHeader('access-control-allow-origin', origin);
    res.appendHeader('vary', 'Origin');
    res.setHeader('access-control-expose-headers', 'etag');
    if (req.method !== 'OPTIONS') return false;
    res.setHeader('access-control-allow-methods', 'GET, POST, PATCH, DELETE');
    res.setHeader('access-control-allow-headers', 'authorization, content-type, if-match, last-event-id');
    res.setHeader('access-control-max-age', '600');
    res.writeHead(204).end();
    return true;
  }

  #loadPlatform(): Promise<RequestHandler> {
    this.#platform ??= this.#options.loadPlatform();
    return this.#platform;
  }
}

function welcome() {
  return {
    name: 'lambdock',
    console: 'open this address in a browser',
    functions: '/lambda/list',
    endpoint: '/endpoint/{id}',
    openapi: '/openapi.json',
    health: '/_lambdock/health',
    journal: '/_lambdock/journal',
  };
}
