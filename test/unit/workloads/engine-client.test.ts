import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { connectEngine } from '../../../src/workloads/docker/engine/engine.ts';

/** An engine whose events never end. */
async function silentEngine(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lambdock-engine-'));
  const socket = join(folder, 'docker.sock');
  const server = createServer((_req, res) => res.writeHead(200).flushHeaders()).listen(socket);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return socket;
}

test('what the client library writes of its agent does not grow with the connections there are', async () => {
  const path = await silentEngine();
  const version = { version: '20.10.24', apiVersion: '1.41', os: 'linux', podman: false, rootless: false };
  const endpoint = { address: { kind: 'socket', path }, source: { kind: 'usual' } } as const;
  const engine = await connectEngine(endpoint, version);
  onTestFinished(() => engine[Symbol.dispose]());
  const describe = () => inspect(engine.docker.modem, { showHidden: true, depth: null }).length;
  const streams: Readable[] = [];
  onTestFinished(() => {
    for (const stream of streams) stream.destroy();
  });
  const connect = async () => streams.push((await engine.docker.getEvents()) as Readable);
  await connect();
  const withOne = describe();
  await Promise.all(Array.from({ length: 10 }, connect));
  expect(describe()).toBe(withOne);
});
