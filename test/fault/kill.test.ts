import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFunction, eventually, startDaemon } from '../support/daemon.ts';
import { answering, get } from '../support/functions.ts';
import { descendants, isAlive } from '../support/processes.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-fault-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

test('kill -9 of the daemon during creates loses no acknowledged function and leaves no half one', async () => {
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 3; round++) {
    const daemon = await startDaemon({ dataDir });
    let n = 0;
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (;;) {
        const text = `${round}-${writer}-${n++}`;
        const create = createFunction(daemon.url, { code: answering(text), title: text });
        const id = await create.catch(() => undefined); // the daemon was killed
        if (id === undefined) return;
        acknowledged.set(id, text);
      }
    });
    await eventually(() => acknowledged.size >= (round + 1) * 12);
    await daemon.kill();
    await Promise.all(writers);
  }
  await using daemon = await startDaemon({ dataDir });
  const { lambdas, cnt } = (await (await fetch(`${daemon.url}/lambda/list?limit=1000`)).json()) as {
    lambdas: { id: string }[];
    cnt: number;
  };
  const stored = new Set(lambdas.map(({ id }) => id));
  expect(cnt).toBe(stored.size);
  for (const id of acknowledged.keys()) expect(stored).toContain(id);
  for (const id of stored) {
    const full = (await (await fetch(`${daemon.url}/lambda?id=${id}`)).json()) as {
      title: string;
      code: string;
    };
    expect(full.code).toBe(answering(full.title));
  }
  const sample = [...acknowledged].filter((_, index) => index % 9 === 0);
  for (const [id, text] of sample) {
    expect(await get(`${daemon.url}/endpoint/${id}`)).toEqual({ status: 200, text });
  }
});

test('kill -9 of the daemon leaves nothing running, not even a function stuck in a loop', async () => {
  const daemon = await startDaemon();
  const quiet = await createFunction(daemon.url, { code: answering('here') });
  expect((await get(`${daemon.url}/endpoint/${quiet}`)).text).toBe('here');
  const stuck = await createFunction(daemon.url, {
    code: `import { spawn } from 'node:child_process';
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
export default (req, res) => { res.write('looping'); setImmediate(() => { for (;;); }); };`,
  });
  const response = await fetch(`${daemon.url}/endpoint/${stuck}`);
  await response.body!.getReader().read();
  const started = descendants(daemon.pid);
  expect(started.length).toBeGreaterThanOrEqual(3);
  await daemon.kill();
  const runtimes = started.filter((pid) => pid !== daemon.pid);
  // The grandchild of the stuck function has nobody to tell it: the next daemon on the folder ends it.
  await eventually(() => runtimes.filter(isAlive).length <= 1);
});

test('what a killed daemon left behind is ended by the next one', async () => {
  const first = await startDaemon({ dataDir });
  const id = await createFunction(first.url, {
    code: `import { spawn } from 'node:child_process';
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
export default (req, res) => res.end(String(child.pid));`,
  });
  const { text } = await get(`${first.url}/endpoint/${id}`);
  const grandchild = Number(text);
  expect(isAlive(grandchild)).toBe(true);
  await first.kill();
  expect(isAlive(grandchild)).toBe(true);
  await using _second = await startDaemon({ dataDir });
  await eventually(() => !isAlive(grandchild));
});

test('a killed function is replaced, and its caller is told what happened', async () => {
  await using daemon = await startDaemon();
  const id = await createFunction(daemon.url, {
    code: `export default (req, res) =>
  req.path === '/die' ? process.kill(process.pid, 'SIGKILL') : res.end(String(process.pid));`,
  });
  const endpoint = `${daemon.url}/endpoint/${id}`;
  const pid = (await get(endpoint)).text;
  const answer = await get(`${endpoint}/die`);
  expect(answer.status).toBe(502);
  expect(JSON.parse(answer.text).error).toContain('SIGKILL');
  const next = await get(endpoint);
  expect(next.status).toBe(200);
  expect(next.text).not.toBe(pid);
});

test('a function that hangs is answered with 504 and replaced', async () => {
  await using daemon = await startDaemon({ args: ['--request-timeout', '2s'] });
  const id = await createFunction(daemon.url, {
    code: `export default (req, res) => { if (req.path === '/hang') for (;;); res.end('fine'); };`,
  });
  const endpoint = `${daemon.url}/endpoint/${id}`;
  await eventually(async () => (await get(endpoint)).text === 'fine');
  expect((await get(`${endpoint}/hang`)).status).toBe(504);
  await eventually(async () => (await get(endpoint)).text === 'fine');
});

test('a function that outgrows its memory is ended and says so', async () => {
  await using daemon = await startDaemon({ args: ['--memory-limit', '150mb'] });
  const id = await createFunction(daemon.url, {
    code: `const kept = [];
export default (req, res) => {
  if (req.path === '/') return res.end('fine');
  const grow = setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 50);
};`,
  });
  const endpoint = `${daemon.url}/endpoint/${id}`;
  expect((await get(endpoint)).text).toBe('fine');
  const answer = await get(`${endpoint}/grow`);
  expect(answer.status).toBe(502);
  expect(JSON.parse(answer.text).error).toMatch(/150 MB/);
  expect((await get(endpoint)).text).toBe('fine');
});
