import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 32;
const HOST = /^([a-z2-7]{32})\.lambda-url\.([a-z0-9-]+)\.localhost\.?(?::\d*)?$/i;
const PATH = /^\/_aws\/lambda-url\/([a-z2-7]{32})(?=[/?]|$)/;

/** Letters and digits as they may stand in a host name, which nobody can guess. */
export function newUrlId(): string {
  return [...randomBytes(ID_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** The URLs under which functions are reached, on the daemon's own port. */
export class UrlAddress {
  readonly #base: () => string;

  /** `base` is where the daemon is reached: `http://127.0.0.1:4566`. */
  constructor(base: () => string) {
    this.#base = base;
  }

  /** `http://<id>.lambda-url.<region>.localhost:4566/`; what ends with `.localhost` is this machine. */
  urlOf(id: string, region: string): string {
    const { port, protocol } = new URL(this.#base());
    return `${protocol}//${hostOf(id, region)}${port === '' ? '' : `:${port}`}/`;
  }
}

/** The host name of a URL, without the port. */
export function hostOf(id: string, region: string): string {
  return `${id}.lambda-url.${region}.localhost`;
}

/** A function that a request addresses by its URL. */
export interface UrlRequest {
  id: string;
  /** Path and query as the function is to see them. */
  target: string;
}

/**
 * Whether a request is for a function's URL: by its host name or, where names like that are not resolved, by its path,
 * `/_aws/lambda-url/<id>/…`.
 */
export function readUrlRequest({
  url,
  headers,
}: Pick<IncomingMessage, 'url' | 'headers'>): UrlRequest | undefined {
  const host = HOST.exec(headers.host ?? '');
  if (host) return { id: host[1]!.toLowerCase(), target: originForm(url!) };
  const path = PATH.exec(url!);
  if (!path) return undefined;
  const rest = url!.slice(path[0].length);
  return { id: path[1]!, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Proxies are asked for whole URLs, and servers have to take these too. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  if (!URL.canParse(url)) return '/';
  const { pathname, search } = new URL(url);
  return pathname + search;
}
