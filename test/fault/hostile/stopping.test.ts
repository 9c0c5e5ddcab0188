import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createFunction, eventually, startDaemon } from '../../support/daemon.ts';
import { get, sourceFolder } from '../../support/functions.ts';
import { descendants, isAlive } from '../../support/processes.ts';
import { call, expectNoBug, NODE, UP } from './support.ts';

describe('a daemon that stops', () => {
  test('under load answers whatever reached a function, refuses the rest, and leaves nothing', async () => {
    using notes = sourceFolder({ begun: '' });
    const busy = await startDaemon();
    const id = await createFunction(busy.url, {
      code: `import { appendFileSync } from 'node:fs';
export default function handler(req, res) {
  appendFileSync(${JSON.stringify(notes.file('begun'))}, '.');
  setTimeout(() => res.send('whole'), 200);
}
`,
    });
    const endpoint = `${busy.url}/endpoint/${id}`;
    const seen: string[] = [];
    const workers = Array.from({ length: 20 }, async () => {
      for (;;) {
        try {
          const { status, text } = await get(endpoint);
          seen.push(`${status} ${text}`);
        } catch (error) {
          seen.push((error as { cause?: NodeJS.ErrnoException }).cause?.code ?? String(error));
          return;
        }
      }
    });
    await eventually(() => seen.length > 40);
    const processes = descendants(busy.pid);
    const begun = performance.now();
    expect(await busy.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(9_500); // sooner than requests are given up
    await Promise.all(workers);
    const whole = seen.filter((one) => one === '200 whole').length;
    expect(whole).toBe(readFileSync(notes.file('begun'), 'utf8').length);
    // A connection may end just as its client sends the next request on it, which then reaches nobody.
    const cut = new Set(
      seen.filter((one) => !/^200 whole$|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET/.test(one)),
    );
    expect([...cut]).toEqual([]);
    await eventually(() => !processes.some(isAlive));
    expectNoBug(busy);
  });

  test('ends at the first signal although a function hangs, and at once at the second', async () => {
    const patient = await startDaemon();
    const id = await createFunction(patient.url, {
      code: 'export default (req, res) => res.write("begun");',
    });
    const response = await fetch(`${patient.url}/endpoint/${id}`);
    await response.body!.getReader().read();
    const processes = descendants(patient.pid);
    const exited = new Promise((resolve) => patient.process.once('exit', (code) => resolve(code)));
    patient.process.kill('SIGTERM');
    await sleep(800);
    expect(patient.process.exitCode).toBeNull();
    patient.process.kill('SIGTERM');
    expect(await exited).toBe(130);
    await eventually(() => processes.every((pid) => !isAlive(pid)));
    rmSync(patient.dataDir, { recursive: true, force: true });
  });

  test('keeps its data from the next one until it has ended, and hands it over then', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-handover-'));
    const first = await startDaemon({ dataDir });
    using gate = sourceFolder({});
    const id = await createFunction(first.url, {
      code: `import { existsSync } from 'node:fs';
export default async (req, res) => {
  res.write('kept ');
  while (!existsSync(${JSON.stringify(gate.file('open'))})) await new Promise((resolve) => setTimeout(resolve, 5));
  res.end('whole');
};`,
    });
    const underWay = await fetch(`${first.url}/endpoint/${id}`);
    const stopping = first.stop();
    const early = await startDaemon({ dataDir }).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(early).toMatch(/in use/);
    writeFileSync(gate.file('open'), '');
    expect(await underWay.text()).toBe('kept whole');
    expect(await stopping).toBe(0);
    await using second = await startDaemon({ dataDir });
    expect(await get(`${second.url}/endpoint/${id}`)).toEqual({ status: 200, text: 'kept whole' });
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

test('a reset under load ends, and takes with it what there was', async () => {
  await using busy = await startDaemon();
  const statuses = new Set<number>();
  let running = true;
  const creators = Array.from({ length: 3 }, async () => {
    while (running) {
      const { status, body } = await call(busy.url, 'POST', '/lambda', { ...NODE, code: UP });
      statuses.add(status);
      statuses.add((await get(`${busy.url}/endpoint/${body as string}`)).status);
    }
  });
  await eventually(() => statuses.size > 0);
  const before = await createFunction(busy.url, { code: UP });
  for (let round = 0; round < 2; round++) {
    expect((await call(busy.url, 'POST', '/_lambdock/reset')).status).toBe(200);
  }
  running = false;
  await Promise.all(creators);
  for (const status of statuses) expect([200, 404]).toContain(status);
  expect((await call(busy.url, 'GET', `/lambda?id=${before}`)).status).toBe(404);
  expect((await call(busy.url, 'POST', '/_lambdock/reset')).status).toBe(200);
  expect((await call(busy.url, 'GET', '/lambda/list')).body).toMatchObject({ cnt: 0 });
  expectNoBug(busy);
});
