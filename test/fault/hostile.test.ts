import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { RawConnection } from '../support/raw-http.ts';

const NODE = { title: 'hostile', runtime: 'node', version: '20' };
const UP = 'export default (req, res) => res.send("up");\n';

let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon({
    args: [
      '--request-timeout',
      '1s',
      '--start-timeout',
      '2s',
      '--hold-timeout',
      '10s',
      '--max-code-bytes',
      '256kb',
    ],
  });
});

afterAll(() => daemon[Symbol.asyncDispose]());

interface Answer {
  status: number;
  body: unknown;
}

async function call(method: string, path: string, body?: unknown, url = daemon.url): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** A function and its endpoint's URL. */
async function create(code: string, options: { runtime?: string; version?: string } = {}) {
  const id = await createFunction(daemon.url, { code, ...options });
  return { id, endpoint: `${daemon.url}/endpoint/${id}` };
}

function remove(id: string, url = daemon.url): Promise<Answer> {
  return call('DELETE', `/lambda?id=${id}`, undefined, url);
}

async function statusOf(id: string) {
  return (await call('GET', `/lambda/${id}/status`)).body as {
    state: string;
    lastError?: { message: string; stack?: string };
  };
}

async function logOf(id: string): Promise<{ seq: number; text: string; stream: string }[]> {
  const text = await (await fetch(`${daemon.url}/lambda/${id}/logs?follow=false`)).text();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, line]) => JSON.parse(line!));
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) / 1024;
}

async function expectAlive(url = daemon.url): Promise<void> {
  expect((await fetch(`${url}/_lambdock/health`)).status).toBe(200);
}

/** Whatever a test did, the daemon answers, and ran into no bug of ours. */
function expectNoBug(one: RunningDaemon = daemon): void {
  expect(one.output()).not.toMatch(/internal error|Unhandled|MaxListeners/);
  expect(existsSync(join(one.dataDir, 'daemon.log'))).toBe(false);
}

describe('a function that', () => {
  test.each([
    ['loops for ever while it loads', 'for (;;) {}', /did not become ready within 2 s/],
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
      const before = residentMb(daemon.pid);
      let slowest = 0;
      for (let look = 0; look < 20; look++) {
        const begun = performance.now();
        await expectAlive();
        slowest = Math.max(slowest, performance.now() - begun);
        await sleep(100);
      }
      expect(slowest).toBeLessThan(1_000);
      expect(residentMb(daemon.pid) - before).toBeLessThan(64);
      expect(Number((await get(endpoint)).text)).toBeGreaterThan(5_000);
      const log = await logOf(id);
      expect(log).toHaveLength(5_000);
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
    expect(performance.now() - begun).toBeLessThan(8_000);
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

describe('at the same time', () => {
  test('changes, calls and a deletion of one function each get an answer of the contract', async () => {
    for (let round = 0; round < 3; round++) {
      const { id, endpoint } = await create(answering('0'));
      const allowed: Record<string, number[]> = {
        code: [200, 404],
        title: [200, 404],
        read: [200, 404],
        call: [200, 404],
      };
      const jobs = Array.from({ length: 20 }, (_, index): [string, () => Promise<number>] => {
        if (index === 13) return ['code', async () => (await remove(id)).status];
        if (index % 4 === 0)
          return [
            'code',
            async () => (await call('PATCH', '/lambda', { id, code: answering(String(index)) })).status,
          ];
        if (index % 4 === 1)
          return ['title', async () => (await call('PATCH', '/lambda', { id, title: `t${index}` })).status];
        if (index % 4 === 2) return ['read', async () => (await call('GET', `/lambda?id=${id}`)).status];
        return ['call', async () => (await get(endpoint)).status];
      });
      const answers = await Promise.all(jobs.map(async ([kind, job]) => [kind, await job()] as const));
      for (const [kind, status] of answers)
        expect([kind, allowed[kind]]).toEqual([kind, expect.arrayContaining([status])]);
      expect((await call('GET', `/lambda?id=${id}`)).status).toBe(404);
      expect((await get(endpoint)).status).toBe(404);
      expect((await remove(id)).status).toBe(404);
    }
  });

  test('changes of one function take effect one after the other, the last one last', async () => {
    const { id, endpoint } = await create(answering('0'));
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const patched = await call('PATCH', '/lambda', {
          id,
          code: answering(String(index)),
          title: String(index),
        });
        return patched.status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { body } = await call('GET', `/lambda?id=${id}`);
    const { code, title } = body as { code: string; title: string };
    expect(code).toBe(answering(title));
    expect((await get(endpoint)).text).toBe(title);
    await remove(id);
  });

  test('a function is deleted twenty times: once it is, and then there is none', async () => {
    const { id } = await create(UP);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await remove(id)).status));
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 19 }, () => 404)]);
  });

  test('a path is linked ten times and is one function', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('linked') });
    const linked = await Promise.all(Array.from({ length: 10 }, () => link(daemon.url, source.path)));
    expect(new Set(linked.map(({ id }) => id)).size).toBe(1);
    expect((await get(linked[0]!.endpoint)).text).toBe('linked');
    await remove(linked[0]!.id);
  });

  test('a deletion lets the request under way end, and holds off no longer than that', async () => {
    const { id, endpoint } = await create(
      'export default (req, res) => setTimeout(() => res.send("whole"), 500);',
    );
    await get(endpoint);
    const underWay = get(endpoint);
    await sleep(100);
    const deleting = remove(id);
    await eventually(async () => (await get(endpoint)).status === 404);
    expect(await underWay).toEqual({ status: 200, text: 'whole' });
    expect((await deleting).status).toBe(200);
  });

  test('a deletion while the function starts ends it, and those who wait hear that there is none', async () => {
    const { id, endpoint } = await create(
      `await new Promise((resolve) => setTimeout(resolve, 1_900));\n${UP}`,
    );
    const waiting = Promise.all([get(endpoint), get(endpoint)]);
    await sleep(100);
    const begun = performance.now();
    expect((await remove(id)).status).toBe(200);
    for (const { status, text } of await waiting) {
      expect([status, JSON.parse(text)]).toEqual([404, { error: expect.stringContaining(id) }]);
    }
    expect(performance.now() - begun).toBeLessThan(1_500);
  });
});

describe('files that', () => {
  test('disappear with their folder are missed in plain words, and found again', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    rmSync(source.path, { recursive: true });
    const gone = await eventually(async () => {
      const answer = await get(endpoint);
      return answer.status === 502 && answer;
    });
    expect(JSON.parse(gone.text)).toMatchObject({
      error: `there is no ${source.file('handler.mjs')} any more`,
    });
    expect((await call('GET', `/lambda?id=${id}`)).status).toBe(409);
    mkdirSync(source.path);
    writeFileSync(source.file('handler.mjs'), answering('two'));
    await eventually(async () => (await get(endpoint)).text === 'two');
    await remove(id);
  });

  test.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to nowhere', (path: string) => symlinkSync('/no/such/file', path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/zero', path)],
  ])('become %s are refused, and taken back', async (_what, replace) => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    rmSync(source.file('handler.mjs'));
    replace(source.file('handler.mjs'));
    const { text } = await eventually(async () => {
      const answer = await get(endpoint);
      return answer.status === 502 && answer;
    });
    expect(JSON.parse(text).error).toMatch(/handler\.mjs/);
    expect(text).not.toMatch(/dist\/|runtimes\//);
    rmSync(source.file('handler.mjs'), { recursive: true });
    writeFileSync(source.file('handler.mjs'), answering('back'));
    await eventually(async () => (await get(endpoint)).text === 'back');
    await remove(id);
  });

  test.runIf(process.getuid?.() !== 0)('may not be read any more say so', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    writeFileSync(source.file('handler.mjs'), answering('two'));
    chmodSync(source.file('handler.mjs'), 0);
    await eventually(async () => (await get(endpoint)).status === 502);
    chmodSync(source.file('handler.mjs'), 0o600);
    await eventually(async () => (await get(endpoint)).text === 'two');
    await remove(id);
  });

  test('lead in circles are read once', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    symlinkSync('.', source.file('self'));
    mkdirSync(source.file('deep'));
    symlinkSync('..', source.file('deep/up'));
    const { id, endpoint } = await link(daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    writeFileSync(source.file('handler.mjs'), answering('two'));
    await eventually(async () => (await get(endpoint)).text === 'two');
    await remove(id);
  });
});

describe('whatever is sent', () => {
  const CONTRACT = [200, 400, 404, 405, 409, 413];

  test('as random bytes, the daemon lives and answers the next', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'POST /lambda HTTP/1.1\r\n',
        `GET /endpoint/${'0'.repeat(24)} HTTP/1.1\r\n`,
        'Host: localhost\r\n',
        'Content-Length: 5\r\n',
        'Content-Length: -5\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Connection: Upgrade\r\nUpgrade: websocket\r\n',
        'Connection: Upgrade\r\nUpgrade: h2c\r\n',
        'Expect: 100-continue\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'CONNECT localhost:22 HTTP/1.1\r\n',
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        '\r\n',
        '\r\n\r\n',
        'ffffffff\r\n',
        '0\r\n\r\n',
      ),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
        using connection = new RawConnection(daemon.url);
        for (const text of pieces) connection.send(text);
        await Promise.race([connection.closed, sleep(15)]);
        expect(connection.received).not.toMatch(/HTTP\/1\.1 5(?!05)/);
      }),
      { numRuns: 150 },
    );
    await expectAlive();
  });

  test('as JSON, is taken or refused as the contract says', async () => {
    const word = fc.constantFrom(
      'title',
      'name',
      'runtime',
      'version',
      'code',
      'file',
      'id',
      '__proto__',
      'constructor',
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('node', '20', 'x', '', '../../x', '\0', '\ud800', 'a'.repeat(300), 'python', '3.12'),
      fc.string({ unit: 'binary' }),
    );
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }).map((any) => JSON.stringify(any)),
      fc.array(fc.tuple(word, value), { maxLength: 8 }).map((pairs) => {
        const members = pairs.map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`);
        return `{${members.join(',')}}`;
      }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.nat({ max: 100_000 }).map((depth) => '['.repeat(depth)),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('POST', 'PATCH'),
        fc.constantFrom('/lambda', '/_lambdock/link'),
        send,
      ),
      { numRuns: 150 },
    );
    await expectAlive();

    async function send(text: string, method: string, path: string): Promise<void> {
      const response = await fetch(daemon.url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: text,
      });
      expect(CONTRACT).toContain(response.status);
      const answer: unknown = await response.json();
      if (response.status !== 200) expect(answer).toEqual({ error: expect.any(String) });
    }
  });

  test('as a form, is taken or refused as the contract says', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '--b\r\n',
        '--b--\r\n',
        '--b--',
        '\r\n',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="title"\r\n\r\n',
        'Content-Disposition: form-data; name="code"; filename="../../x"\r\n\r\n',
        'Content-Disposition: form-data; name="runtime"\r\n\r\nnode\r\n',
        'Content-Disposition: form-data; name="version"\r\n\r\n20\r\n',
        "Content-Disposition: form-data; name*=utf-8''x\r\n\r\n",
        'Content-Disposition: attachment\r\n\r\n',
        'Content-Type: multipart/mixed; boundary=b\r\n',
        'Content-Transfer-Encoding: base64\r\n',
        'hello\r\n',
      ),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    const type = fc.constantFrom(
      'multipart/form-data; boundary=b',
      'multipart/form-data; boundary="b"',
      'multipart/form-data; boundary=',
      'multipart/form-data',
      `multipart/form-data; boundary=${'b'.repeat(300)}`,
      'multipart/form-data; boundary=b; boundary=c',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), type, async (pieces, contentType) => {
        const response = await fetch(`${daemon.url}/lambda`, {
          method: 'POST',
          headers: { 'content-type': contentType },
          body: Buffer.from(pieces.join(''), 'latin1'),
        });
        expect(CONTRACT).toContain(response.status);
        await response.json();
      }),
      { numRuns: 150 },
    );
    await expectAlive();
  });

  test('as a path and query, finds something or does not', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'lambda',
        'list',
        'status',
        'logs',
        'endpoint',
        '_lambdock',
        'journal',
        '..',
        '%2e%2e',
        '%00',
        '%ff',
        '%',
        '',
      ),
      fc.constantFrom(
        '0'.repeat(24),
        'constructor',
        '__proto__',
        '*',
        '\\',
        ';x',
        '%E0%A4%A',
        'aws-lambda-clone',
      ),
      fc.webFragments(),
    );
    const query = fc.array(
      fc.tuple(
        fc.constantFrom(
          'id',
          'limit',
          'page',
          'sort',
          'asc',
          'since',
          'tail',
          'X-Amz-Signature',
          'X-Amz-Date',
          '__proto__',
          'id[]',
        ),
        fc.oneof(fc.constantFrom('1', '-1', '1e9', 'NaN', '0'.repeat(24), 'true', '%'), fc.webFragments()),
      ),
      { maxLength: 4 },
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND');
    await fc.assert(
      fc.asyncProperty(method, fc.array(part, { maxLength: 5 }), query, async (verb, parts, pairs) => {
        using connection = new RawConnection(daemon.url);
        const target = `/${parts.join('/')}?follow=false&${pairs.map((pair) => pair.join('=')).join('&')}`;
        if (/reset|stop|journal/.test(target)) return;
        connection.send(`${verb} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
        const { status } = await connection.answer({ bodiless: verb === 'HEAD' });
        expect([target, status]).toEqual([target, expect.toBeOneOf([200, 204, 400, 403, 404, 405])]);
      }),
      { numRuns: 200 },
    );
    await expectAlive();
  });
});

test('after all of this there was no bug of ours, and nothing is left that nobody needs', async () => {
  const { lambdas } = (await call('GET', '/lambda/list?limit=1000')).body as { lambdas: { id: string }[] };
  await Promise.all(lambdas.map(({ id }) => remove(id)));
  expectNoBug();
  // Runtime processes kept in reserve remain: one of each language in use, perhaps a second one.
  await eventually(() => descendants(daemon.pid).length <= 4);
});

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
    expect(performance.now() - begun).toBeLessThan(8_000);
    await Promise.all(workers);
    const whole = seen.filter((one) => one === '200 whole').length;
    expect(whole).toBe(readFileSync(notes.file('begun'), 'utf8').length);
    // A connection may end just as its client sends the next request on it, which then reaches nobody.
    const cut = new Set(
      seen.filter((one) => !/^200 whole$|ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET/.test(one)),
    );
    expect([...cut]).toEqual([]);
    expect(processes.filter(isAlive)).toEqual([]);
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
    const id = await createFunction(first.url, {
      code: 'export default (req, res) => setTimeout(() => res.send("kept"), 1_000);',
    });
    await get(`${first.url}/endpoint/${id}`);
    const underWay = get(`${first.url}/endpoint/${id}`);
    await sleep(100);
    const stopping = first.stop();
    const early = await startDaemon({ dataDir }).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(early).toMatch(/in use/);
    expect(await underWay).toEqual({ status: 200, text: 'kept' });
    expect(await stopping).toBe(0);
    await using second = await startDaemon({ dataDir });
    expect(await get(`${second.url}/endpoint/${id}`)).toEqual({ status: 200, text: 'kept' });
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
      const { status, body } = await call('POST', '/lambda', { ...NODE, code: UP }, busy.url);
      statuses.add(status);
      statuses.add((await get(`${busy.url}/endpoint/${body as string}`)).status);
    }
  });
  await eventually(() => statuses.size > 0);
  const before = await createFunction(busy.url, { code: UP });
  for (let round = 0; round < 2; round++) {
    expect((await call('POST', '/_lambdock/reset', undefined, busy.url)).status).toBe(200);
  }
  running = false;
  await Promise.all(creators);
  for (const status of statuses) expect([200, 404]).toContain(status);
  expect((await call('GET', `/lambda?id=${before}`, undefined, busy.url)).status).toBe(404);
  expect((await call('POST', '/_lambdock/reset', undefined, busy.url)).status).toBe(200);
  expect((await call('GET', '/lambda/list', undefined, busy.url)).body).toMatchObject({ cnt: 0 });
  expectNoBug(busy);
});
