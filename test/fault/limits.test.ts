import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFunction, eventually, startDaemon } from '../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';
import { descendants, isAlive, openDescriptors } from '../support/processes.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

test.runIf(canMount)('a full disk is told, loses nothing acknowledged, and is recovered from', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'lambdock-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
  try {
    await using daemon = await startDaemon({ dataDir: join(disk, 'data') });
    const first = await createFunction(daemon.url, { code: answering('first') });
    const kept: string[] = [];
    const big = `${answering('big')}// ${'x'.repeat(400_000)}`;
    let refused: Response | undefined;
    for (let i = 0; i < 100 && !refused; i++) {
      const response = await fetch(`${daemon.url}/lambda`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ title: `big ${i}`, runtime: 'node', version: '20', code: `${big}${i}` }),
      });
      if (response.status === 200) kept.push((await response.json()) as string);
      else refused = response;
    }
    expect(refused!.status).toBe(507);
    expect(((await refused!.json()) as { error: string }).error).toMatch(/space|full/i);
    expect((await get(`${daemon.url}/endpoint/${first}`)).text).toBe('first');
    expect(await storeStates(daemon.url)).toEqual(['full', 'full']);
    const list = (await (await fetch(`${daemon.url}/lambda/list?limit=1000`)).json()) as { cnt: number };
    expect(list.cnt).toBe(kept.length + 1);
    writeFileSync(join(disk, 'marker'), '');
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    const later = await createFunction(daemon.url, { code: answering('later') });
    expect((await get(`${daemon.url}/endpoint/${later}`)).text).toBe('later');
    expect((await fetch(`${daemon.url}/lambda?id=${kept.at(-1)}`)).status).toBe(200);
    expect(await storeStates(daemon.url)).toEqual(['ok', 'ok']);
  } finally {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});

test('a taken port is refused with who holds it and both ways out', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  const failure = await startDaemon({ args: ['--port', String(port)] }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  holder.close();
  expect(failure).toContain(String(port));
  expect(failure).toContain(String(process.pid));
  expect(failure).toContain('--port');
});

test('two daemons never share a data folder', async () => {
  await using daemon = await startDaemon();
  const failure = await startDaemon({ dataDir: daemon.dataDir }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  expect(failure).toMatch(/in use|another/i);
  expect((await fetch(`${daemon.url}/_lambdock/health`)).status).toBe(200);
});

test('of a thousand rapid saves the last is served, and no request fails', async () => {
  await using daemon = await startDaemon();
  using source = sourceFolder({ 'handler.mjs': answering('0') });
  const { endpoint } = await link(daemon.url, source.path);
  await get(endpoint);
  let done = false;
  const watching = (async () => {
    while (!done) expect(await get(endpoint)).toMatchObject({ status: 200 });
  })();
  for (let save = 1; save <= 1_000; save++) {
    writeFileSync(source.file('handler.mjs'), answering(String(save)));
    if (save % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await eventually(async () => (await get(endpoint)).text === '1000');
  done = true;
  await watching;
  // Superseded processes end, they don't pile up: one serves, two wait for the next save.
  await eventually(() => descendants(daemon.pid).length <= 3);
});

test('200 functions are created and all answer', async () => {
  await using daemon = await startDaemon();
  const ids: string[] = [];
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) {
        ids[n] = await createFunction(daemon.url, { code: answering(`number ${n}`), title: `f${n}` });
      }
    }),
  );
  expect(new Set(ids).size).toBe(200);
  for (const [n, id] of ids.entries()) {
    expect(await get(`${daemon.url}/endpoint/${id}`)).toEqual({ status: 200, text: `number ${n}` });
  }
});

test('after stop nothing is left: no process, no file of an ephemeral daemon', async () => {
  const daemon = await startDaemon();
  const ids = await Promise.all(
    [1, 2, 3].map((n) => createFunction(daemon.url, { code: answering(String(n)) })),
  );
  await Promise.all(ids.map((id) => get(`${daemon.url}/endpoint/${id}`)));
  const started = descendants(daemon.pid);
  expect(started.length).toBeGreaterThanOrEqual(3);
  expect(await daemon.stop()).toBe(0);
  expect(started.filter(isAlive)).toEqual([]);
});

test('descriptors and processes return to where they were after functions come and go', async () => {
  await using daemon = await startDaemon();
  const cycle = async () => {
    const id = await createFunction(daemon.url, { code: answering('x') });
    expect((await get(`${daemon.url}/endpoint/${id}`)).text).toBe('x');
    using source = sourceFolder({ 'handler.mjs': answering('linked') });
    mkdirSync(source.file('lib'));
    const linked = await link(daemon.url, source.path);
    expect((await get(linked.endpoint)).text).toBe('linked');
    for (const each of [id, linked.id]) {
      expect((await fetch(`${daemon.url}/lambda?id=${each}`, { method: 'DELETE' })).status).toBe(200);
    }
  };
  await cycle();
  const settled = () => openDescriptors(daemon.pid).filter((target) => !target.startsWith('socket:')).length;
  await eventually(() => descendants(daemon.pid).length === 2); // the standbys
  const before = settled();
  for (let i = 0; i < 10; i++) await cycle();
  await eventually(() => descendants(daemon.pid).length === 2); // the standbys
  await eventually(() => settled() <= before + 1);
});

async function storeStates(url: string): Promise<string[]> {
  const { objects, metadata } = (await (await fetch(`${url}/_lambdock/health`)).json()) as Record<
    'objects' | 'metadata',
    { state: string }
  >;
  return [objects.state, metadata.state];
}
