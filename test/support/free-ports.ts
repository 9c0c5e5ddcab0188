import { createServer } from 'node:net';

/** Below those that systems give to connections by themselves, so that nobody takes them in between. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** The first of two neighbouring ports of 127.0.0.1 on which nobody listens. */
export async function freePortPair(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const first = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if ((await isFree(first)) && (await isFree(first + 1))) return first;
  }
  throw new Error('found no two neighbouring ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
