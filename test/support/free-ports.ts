import { createServer } from 'node:net';

/** Below those that systems give to connections by themselves, so that nobody takes them in between. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A port of `host` on which nobody listens. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomPort();
    if (await isFree(port, host)) return port;
  }
  throw new Error('found no free port');
}

/** The first of two neighbouring ports of 127.0.0.1 on which nobody listens. */
export async function freePortPair(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const first = randomPort();
    if ((await isFree(first)) && (await isFree(first + 1))) return first;
  }
  throw new Error('found no two neighbouring ports');
}

function randomPort(): number {
  return LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
}

function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
