import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isSigned } from '../aws/signed.ts';
import { isLoopback } from './config.ts';

export interface GuardOptions {
  host: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  token: string | undefined;
}

export interface Refusal {
  status: 401 | 403;
  message: string;
}

/**
 * Whose request it is: a function's own endpoint decides more for itself than the API does, and its AWS URL all but the host. The
 * console's pages and files need no token: they are where one is asked for; nor do the public keys that verify STS's tokens. What others have sent to functions may hold their
 * secrets, so that where there is a token, nobody reads it without.
 */
export type Area = 'endpoint' | 'function-url' | 'token-issuer' | 'api' | 'console' | 'exchanges';

/**
 * Keeps web pages and other machines out. A page may reach 127.0.0.1 from any site, in its own name or (DNS
 * rebinding) under a name of its own, so the Host a request names and the Origin it comes from must be known.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #token: Buffer | undefined;

  constructor(options: GuardOptions) {
    this.#hosts = new Set([options.host, ...options.allowedHosts].map((host) => host.toLowerCase()));
    this.#origins = new Set(options.allowedOrigins);
    this.#token = options.token === undefined ? undefined : digest(options.token);
  }

  /** Why the request is refused; undefined when it is not. */
  check(req: IncomingMessage, area: Area): Refusal | undefined {
    const { host } = req.headers;
    if (!this.knowsHost(host, req.socket)) {
      return refuse(
        `unknown host ${JSON.stringify(host)}; names other than localhost are allowed by --allowed-hosts`,
      );
    }
    if (area === 'function-url') return undefined;
    const needsToken = area === 'api' || area === 'exchanges';
    return this.#checkPage(req, area) ?? (needsToken ? this.#checkToken(req, area) : undefined);
  }

  /** Whether a request may name this host. */
  knowsHost(host: string | undefined, { localAddress }: Socket): boolean {
    return host === undefined || this.#knownHost(hostName(host), localAddress);
  }

  /** Whether a page of a site that is not known here sends a request to a function's URL. The URL may allow it. */
  isForeign(req: IncomingMessage): boolean {
    return this.#checkPage(req, 'endpoint') !== undefined;
  }

  #checkPage(req: IncomingMessage, area: Area): Refusal | undefined {
    const { host, origin } = req.headers;
    if (origin !== undefined) {
      if (!this.#knownOrigin(origin, host, area)) {
        return refuse(`web pages of ${JSON.stringify(origin)} may not call; --allowed-origins allows them`);
      }
    } else if (req.headers['sec-fetch-site'] === 'cross-site' && !isVisit(req)) {
      return refuse('web pages of other sites may not call; --allowed-origins allows them');
    }
    return undefined;
  }

  /** The Origin to name in Access-Control-Allow-Origin, when the request comes from a page that configuration allows. */
  corsOrigin(req: IncomingMessage): string | undefined {
    const { origin } = req.headers;
    return origin !== undefined && this.#origins.has(origin) ? origin : undefined;
  }

  #knownHost(name: string, localAddress: string | undefined): boolean {
    if (name === 'localhost' || name.endsWith('.localhost') || isLoopback(name)) return true;
    // An address can't be rebound to another one: whoever names the one it reached is no stranger's page.
    return this.#hosts.has(name) || name === localAddress?.replace(/^::ffff:/, '');
  }

  #knownOrigin(origin: string, host: string | undefined, area: Area): boolean {
    if (this.#origins.has(origin)) return true;
    if (!URL.canParse(origin)) return false; // "null": sandboxed frames, local files
    const url = new URL(origin);
    if (url.host === host?.toLowerCase().replace(/:80$/, '')) return true;
    // The page of a developer's own server on another port calls functions, but has no business with the API.
    return area === 'endpoint' && (url.hostname === 'localhost' || isLoopback(bare(url.hostname)));
  }

  #checkToken(req: IncomingMessage, area: Area): Refusal | undefined {
    // A browser asks, by OPTIONS and without the token, whether it may send the token.
    if (!this.#token || req.method === 'OPTIONS') return undefined;
    if (area === 'api' && isRead(req) && fromThisMachine(req)) return undefined;
    // AWS's clients can't send a token. Their requests reach the AWS API and presigned objects only.
    if (isSigned(req)) return undefined;
    const given = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), this.#token)) return undefined;
    const message = given === undefined ? 'this call needs a token' : 'the token is not the right one';
    return { status: 401, message: `${message}; send "Authorization: Bearer <token>"` };
  }
}

function refuse(message: string): Refusal {
  return { status: 403, message };
}

/** `[::1]:4566` → `::1`, `LocalHost:80` → `localhost`. */
function hostName(host: string): string {
  return bare(host.toLowerCase().replace(/:\d*$/, '')).replace(/\.$/, '');
}

function bare(name: string): string {
  return name.startsWith('[') ? name.slice(1, -1) : name;
}

/** Someone followed a link: the page that shows it can't be read by the page that links it. */
function isVisit(req: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = req.headers;
  return isRead(req) && mode === 'navigate' && destination === 'document';
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function fromThisMachine(req: IncomingMessage): boolean {
  return isLoopback((req.socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}

/** Of equal length whatever was given, so that comparing takes equal time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
