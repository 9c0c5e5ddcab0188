import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { Readiness } from '../workload.ts';

const FIRST_PAUSE: Milliseconds = 5;
const LONGEST_PAUSE: Milliseconds = 250;

/** Resolves once the port answers as `readiness` asks; gives up only when the signal aborts. */
export async function probeUntilReady(
  readiness: Exclude<Readiness, { kind: 'protocol' }>,
  port: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const ok = readiness.kind === 'tcp' ? await accepts(port) : await answers(port, readiness.path);
    signal.throwIfAborted();
    if (ok) return;
    await clock.sleep(pause, signal);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 500);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
