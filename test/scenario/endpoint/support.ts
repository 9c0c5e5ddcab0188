import { readFileSync } from 'node:fs';
import { createFunction, type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { rawRequest } from '../../support/raw-http.ts';

export const MB = 1024 * 1024;

/** What the mirror says. */
export interface Seen {
  method: string;
  url: string;
  rawHeaders: string[];
  rawTrailers: string[];
  httpVersion: string;
  length: number;
  sha256: string;
}

const MIRROR = `import { createHash } from 'node:crypto';
export default function handler(req, res) {
  const hash = createHash('sha256');
  let length = 0;
  req.on('data', (chunk) => { hash.update(chunk); length += chunk.length; });
  req.on('end', () => {
    const { method, url, rawHeaders, rawTrailers, httpVersion } = req;
    res.set('x-method', method);
    res.json({ method, url, rawHeaders, rawTrailers, httpVersion, length, sha256: hash.digest('hex') });
  });
}
`;

export function pathOf(endpoint: string): string {
  return new URL(endpoint).pathname;
}

/** A daemon whose endpoints a file's tests call. */
export class Endpoints {
  readonly #requestTimeout: string;
  #daemon: RunningDaemon | undefined;
  #mirror: string | undefined;

  /** An answer that begins later is a 504. */
  constructor(requestTimeout = '1m') {
    this.#requestTimeout = requestTimeout;
  }

  readonly start = async (): Promise<void> => {
    this.#daemon = await startDaemon({
      args: ['--request-timeout', this.#requestTimeout, '--hold-timeout', '1m'],
    });
    this.#mirror = await this.create(MIRROR);
  };

  readonly stop = async (): Promise<void> => this.daemon[Symbol.asyncDispose]();

  get daemon(): RunningDaemon {
    return this.#daemon!;
  }

  /** Says what it got: method, URL, headers as sent, and the body's length and hash. */
  get mirror(): string {
    return this.#mirror!;
  }

  /** Creates a function that lives as long as the test that made it. */
  readonly create = async (code: string, runtime = 'node', version = '20'): Promise<string> => {
    const id = await createFunction(this.daemon.url, { code, runtime, version });
    return `${this.daemon.url}/endpoint/${id}`;
  };

  /** Sends a request head and body exactly as given, to `endpoint`. */
  readonly raw = (endpoint: string, head: string, body = ''): ReturnType<typeof rawRequest> =>
    rawRequest(this.daemon.url, `${head.replace('$', pathOf(endpoint))}\r\nHost: localhost\r\n\r\n${body}`);

  readonly residentMb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.daemon.pid}/status`, 'latin1'))![1]) / 1024;
}
