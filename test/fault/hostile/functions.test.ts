import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunction, eventually, startDaemon } from '../../support/daemon.ts';
import { get } from '../../support/functions.ts';
import { isAlive } from '../../support/processes.ts';
import { UP, Victim } from './support.ts';

const victim = new Victim();
const { call, create, remove, statusOf, logOf, expectAlive } = victim;

beforeAll(victim.start);
afterAll(victim.stop);

describe('a function that', () => {
  test.each([
    ['loops for ever while it loads', 'for (;;) {}', /did not become ready within 6 s/],
    [
      'never finishes loading',
      'await new Promise(() => setInterval(() => {}, 1_000));',
      /did not become ready/,
    ],
    ['exits while it loads', 'process.exit(0);', /exit code 0/],
    ['kills itself while it loads', 'process.kill(process.pid, "SIGKILL");', /SIGKILL/],
    ['throws nothing', 'throw undefined;', /./],
    ['throws a monster', 'throw { get message() { throw new Error("gotcha"); } };', /./],
    ['throws a novel', 'throw new Error(`${"x".repeat(1_000_000)} end`);', /^Error: x+ … x+ end/],
    [
      'closes the way to its runtime',
      "import { closeSync } from 'node:fs'; closeSync(3);",
      /file descriptor 3|exit code/,
    ],
    [
      'closes everything',
      "import { closeSync } from 'node:fs'; for (const fd of [0, 1, 2, 3]) closeSync(fd);",
      /exit code|closed/,
    ],
    ['closes its standard input', 'process.stdin.destroy(); await new Promise(() => {});', /./],
    ['breaks its own globals', 'JSON.stringify = JSON.parse = () => { throw 1; };', /./],
    [
      'claims to have failed',
      `${writing('{"event":"failed","error":{"message":{},"stack":7,"line":"x"}}')}`,
      /unknown error/,
    ],
  ])('%s is a 502, and works once it is mended', async (_what, code, message) => {
    const { id, endpoint } = await create(`${code}\n${UP}`);
    const { status, text } = await get(endpoint);
    expect([status, JSON.parse(text)]).toEqual([
      502,
      expect.objectContaining({ error: expect.stringMatching(message) }),
    ]);
    expect(text).not.toMatch(/node:internal|dist\/runtimes/);
    expect((await call('PATCH', '/lambda', { id, code: UP })).status).toBe(200);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'up' });
    await remove(id);
  });

  test.each([
    ['says that it is ready', '{"event":"ready"}'],
    ['names another port', '{"event":"listening","port":1}'],
    ['names a port that is none', '{"event":"listening","port":99999}'],
    ['names no port', '{"event":"listening"}'],
    ['writes what is not JSON', 'garbage \\u0000'],
    ['writes what means nothing', '{"event":"__proto__","__proto__":{"port":1}}'],
    ['writes null', 'null'],
    ['answers pings that were not sent', '{"event":"pong"}'],
  ])('speaks to the daemon in its runtime’s name and %s changes nothing', async (_what, message) => {
    const { id, endpoint } = await create(`${writing(message)}\n${UP}`);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'up' });
    expect(
      (await call('PATCH', '/lambda', { id, code: `${writing(message)}\n// again\n${UP}` })).status,
    ).toBe(200);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'up' });
    await remove(id);
  });

  test('exits while it answers is a 502 each time, and lives on', async () => {
    const { id, endpoint } = await create(
      `export default (req, res) => { if (req.query.code) process.exit(Number(req.query.code)); res.send('up'); };`,
    );
    for (const code of [0, 3]) {
      const { status, text } = await get(`${endpoint}?code=${code}`);
      expect([status, JSON.parse(text)]).toEqual([
        502,
        { error: expect.stringContaining(`exit code ${code}`) },
      ]);
      expect(await get(endpoint)).toEqual({ status: 200, text: 'up' });
    }
    await remove(id);
  });

  test('throws later, out of any request, is ended, told, and replaced', async () => {
    const { id, endpoint } = await create(
      `export default (req, res) => { if (req.query.x) setTimeout(() => { throw new TypeError('later'); }, 10); res.send('up'); };`,
    );
    expect((await get(`${endpoint}?x=1`)).status).toBe(200);
    await eventually(async () => (await statusOf(id)).lastError?.message.includes('later'));
    await eventually(async () => (await get(endpoint)).text === 'up');
    await remove(id);
  });

  test.runIf(process.platform === 'linux')(
    'floods its log keeps neither the daemon from answering nor its memory',
    async () => {
      const { id, endpoint } = await create(`let n = 0;
setInterval(() => { for (let i = 0; i < 1_000; i++) console.log('line ' + n++); }, 100);
export default (req, res) => res.send(String(n));
`);
      await get(endpoint);
      const before = residentMb(victim.daemon.pid);
      let slowest = 0;
      for (let look = 0; look < 20; look++) {
        const begun = performance.now();
        await expectAlive();
        slowest = Math.max(slowest, performance.now() - begun);
        await sleep(100);
      }
      expect(slowest).toBeLessThan(5_000);
      expect(residentMb(victim.daemon.pid) - before).toBeLessThan(64);
      const log = await eventually(async () => {
        const lines = await logOf(id);
        return lines.length === 5_000 && lines;
      });
      expect(log.map(({ text }) => Number(text.slice(5)))).toEqual(log.map(({ seq }) => seq - 1));
      await remove(id);
    },
  );

  test('writes 10 MB without a line break has them cut into lines', async () => {
    const { id, endpoint } = await create(
      `export default (req, res) => { process.stdout.write('y'.repeat(10_000_000) + '\\nend\\n', () => res.send('up')); };`,
    );
    expect((await get(endpoint)).status).toBe(200);
    const log = await eventually(async () => {
      const lines = await logOf(id);
      return lines.at(-1)?.text === 'end' && lines;
    });
    for (const { text } of log) expect(text.length).toBeLessThanOrEqual(64 * 1024);
    expect(log.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(4_000_000);
    await remove(id);
  });

  test('prints bytes that are no text has them replaced, and a log that is still one', async () => {
    const { id, endpoint } = await create(
      `process.stdout.write(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
process.stderr.write(Buffer.from([0xff, 0xfe, 0x1b, 0x5b, 0x32, 0x4a, 0x0a]));
${UP}`,
    );
    expect((await get(endpoint)).text).toBe('up');
    const log = await eventually(async () => {
      const lines = await logOf(id);
      return lines.some(({ stream }) => stream === 'stderr') && lines;
    });
    expect(log.find(({ stream }) => stream === 'stderr')?.text).toBe('\ufffd\ufffd\u001b[2J');
    await remove(id);
  });

  test('changes its environment and its folder still serves', async () => {
    const { id, endpoint } = await create(
      `process.env.PORT = '1';
delete process.env.LAMBDOCK_PROTOCOL;
process.title = 'something else';
process.chdir('/');
export default (req, res) => { process.chdir('/tmp'); res.send(process.env.PORT + process.cwd()); };
`,
    );
    for (let round = 0; round < 2; round++) expect((await get(endpoint)).text).toBe('1/tmp');
    await remove(id);
  });

  test('reads standard input gets nothing of the daemon’s, or an error of its own', async () => {
    const node = await create(
      `let input = '';
process.stdin.on('data', (data) => { input += data; });
export default (req, res) => res.send(input);
`,
    );
    expect(await get(node.endpoint)).toEqual({ status: 200, text: '' });
    const python = await create(
      'import sys\n\nseen = sys.stdin.read()\n\ndef handler():\n    return f"<{seen}>"\n',
      {
        runtime: 'python',
        version: '3.12',
      },
    );
    expect(await get(python.endpoint)).toEqual({ status: 200, text: '<>' });
    await remove(node.id);
    await remove(python.id);
  });

  test('does not want to end is ended, in bounded time', async () => {
    const { id, endpoint } = await create(
      `process.removeAllListeners('SIGTERM');
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
process.exit = () => {};
export default (req, res) => res.send(String(process.pid));
`,
    );
    const pid = Number((await get(endpoint)).text);
    const begun = performance.now();
    expect((await remove(id)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect(isAlive(pid)).toBe(false);
  });

  test.runIf(process.platform === 'linux')(
    'starts processes takes them along, wherever they hide',
    async () => {
      const { id, endpoint } = await create(
        `import { spawn } from 'node:child_process';
export default (req, res) => {
  if (req.query.label) return res.send(process.env.LAMBDOCK_WORKLOAD);
  const command = req.query.fork ? ['sh', ['-c', 'setsid sleep 300 & setsid sleep 301 & wait']] : ['sleep', ['300']];
  const child = spawn(...command, { detached: req.query.detached === '1', stdio: req.query.stdio ?? 'ignore' });
  child.unref();
  res.end();
};
`,
      );
      const label = (await get(`${endpoint}?label=1`)).text;
      for (const query of ['', '?detached=1', '?detached=1&stdio=inherit', '?fork=1', '?fork=1&detached=1']) {
        expect((await get(endpoint + query)).status).toBe(200);
      }
      const pids = await eventually(() => {
        const started = labelled(label);
        return started.length >= 10 && started;
      });
      await remove(id);
      await eventually(() => pids.every((pid) => !isAlive(pid)));
    },
  );

  test('stops itself, as a debugger would, is found out', async () => {
    const { id, endpoint } = await create(
      `export default (req, res) => { if (req.query.x) process.kill(process.pid, 'SIGSTOP'); res.send('up'); };`,
    );
    await get(endpoint);
    expect((await get(`${endpoint}?x=1`)).status).toBe(504);
    await eventually(async () => (await get(endpoint)).text === 'up');
    await remove(id);
  });

  test('takes more memory than it may is ended with that reason', async () => {
    await using small = await startDaemon({ args: ['--memory-limit', '128mb'] });
    const id = await createFunction(small.url, {
      code: `const kept = [];
export default (req, res) => {
  if (!req.query.x) return res.send('up');
  setInterval(() => kept.push(Buffer.alloc(8_000_000, 1)), 10);
};
`,
    });
    expect((await get(`${small.url}/endpoint/${id}`)).text).toBe('up');
    const { status, text } = await get(`${small.url}/endpoint/${id}?x=1`);
    expect([status, JSON.parse(text)]).toEqual([
      502,
      { error: expect.stringMatching(/memory.*limit of 128 MB/) },
    ]);
    await eventually(async () => (await get(`${small.url}/endpoint/${id}`)).text === 'up');
  });

  test('hangs does not keep others from starting', async () => {
    const loops = await Promise.all(Array.from({ length: 4 }, () => create('for (;;) {}')));
    const good = await create(UP);
    expect(await get(good.endpoint)).toEqual({ status: 200, text: 'up' });
    await Promise.all([...loops, good].map(({ id }) => remove(id)));
  });
});

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) / 1024;
}

/** A line of code that writes a message to the descriptor on which the daemon listens to the runtime. */
function writing(message: string): string {
  return `import { writeSync } from 'node:fs';\nwriteSync(3, ${JSON.stringify(message)} + '\\n');`;
}

/** Processes that carry the label of a workload, or inherited it. */
function labelled(label: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isAlive(pid) && environmentOf(pid).includes(`LAMBDOCK_WORKLOAD=${label}\0`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

test('after all of this there was no bug of ours, and nothing is left that nobody needs', () =>
  victim.expectNothingLeft());
