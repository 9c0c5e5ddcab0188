import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunction, eventually, type RunningDaemon } from '../support/daemon.ts';
import {
  containersOf,
  containersOfFunction,
  DOCKER,
  docker,
  driverHealth,
  inspect,
  labelled,
  labelOf,
  startDockerDaemon,
} from '../support/docker.ts';
import { answering, get } from '../support/functions.ts';

async function remove(url: string, id: string): Promise<void> {
  expect((await fetch(`${url}/lambda?id=${id}`, { method: 'DELETE' })).status).toBe(200);
}

describe.runIf(DOCKER)('kill -9 of the daemon', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-docker-kill-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

  test('leaves its functions to the next one, which takes over their containers and removes all else', async () => {
    const first = await startDockerDaemon({ dataDir });
    const label = await labelOf(first);
    const code = 'let n = 0; export default (req, res) => res.end(`${process.env.HOSTNAME} ${++n}`);';
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push(await createFunction(first.url, { code }));
    const before = await Promise.all(ids.map(async (id) => (await get(`${first.url}/endpoint/${id}`)).text));
    const kept = await eventually(async () => {
      const running = await containersOf(label, 'status=running');
      return running.length === 4 && running; // and one in reserve
    });
    await eventually(async () => (await driverHealth(first)).standbys === 1);
    await first.kill();
    expect(await containersOf(label, 'status=running')).toEqual(kept);
    const image = (await inspect(kept[0]!)).Image;
    const strays = [
      await docker('create', '--label', label, '--entrypoint', 'sleep', image, '600'),
      await docker('run', '-d', '--label', label, '--entrypoint', 'sleep', image, '600'),
    ];
    expect(await containersOf(label)).toHaveLength(6);

    await using second = await startDockerDaemon({ dataDir });
    expect(await labelOf(second)).toBe(label);
    const began = performance.now();
    const after = await Promise.all(ids.map(async (id) => (await get(`${second.url}/endpoint/${id}`)).text));
    console.log(`adoption of 3 functions: ${Math.round(performance.now() - began)} ms`);
    // The very same processes go on.
    expect(after).toEqual(before.map((text) => text.replace(' 1', ' 2')));
    await eventually(async () => !(await containersOf(label)).some((id) => strays.includes(id)));
    expect(await containersOf(label)).toEqual(kept);
  });

  test('loses its linked and deleted functions’ processes, but not their containers’ use', async () => {
    const first = await startDockerDaemon({ dataDir });
    const label = await labelOf(first);
    const { lambdas } = (await (await fetch(`${first.url}/lambda/list?limit=100`)).json()) as {
      lambdas: { id: string }[];
    };
    await Promise.all(lambdas.map(({ id }) => get(`${first.url}/endpoint/${id}`)));
    const [gone, ...rest] = lambdas.map(({ id }) => id);
    const [container] = await containersOfFunction(label, gone!);
    await docker('pause', container!); // it can't be told
    await first.kill();
    await docker('unpause', container!);
    const second = await startDockerDaemon({ dataDir });
    await remove(second.url, gone!);
    await eventually(async () => !(await containersOf(label)).includes(container!));
    for (const id of rest) expect((await get(`${second.url}/endpoint/${id}`)).status).toBe(200);
    expect(await second.stop()).toBe(0);
    expect(await labelled(label)).toEqual([]);
  });

  test('in the middle of 20 creates leaves exactly what the next one wants', async () => {
    const first = await startDockerDaemon({ dataDir });
    const label = await labelOf(first);
    const acknowledged: string[] = [];
    const creates = Array.from({ length: 20 }, async (_, n) => {
      const id = await createFunction(first.url, { code: answering(`f${n}`), title: `f${n}` }).catch(
        () => undefined,
      );
      if (id === undefined) return;
      acknowledged.push(id);
      await get(`${first.url}/endpoint/${id}`).catch(() => {}); // the daemon was killed
    });
    await eventually(async () => acknowledged.length >= 10 && (await containersOf(label)).length >= 5);
    await first.kill();
    await Promise.all(creates);

    const second = await startDockerDaemon({ dataDir });
    const { lambdas } = (await (await fetch(`${second.url}/lambda/list?limit=100`)).json()) as {
      lambdas: { id: string; title: string }[];
    };
    const stored = new Map(lambdas.map(({ id, title }) => [id, title]));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    for (const [id, title] of stored) {
      if (title.startsWith('f'))
        expect(await get(`${second.url}/endpoint/${id}`)).toEqual({ status: 200, text: title });
    }
    await eventually(async () => {
      const { containers, workloads, standbys } = await driverHealth(second);
      const there = await containersOf(label);
      const running = await containersOf(label, 'status=running');
      const steady = running.length === containers && there.length === containers;
      return steady && containers === workloads + standbys && standbys <= 1;
    });
    expect(await second.stop()).toBe(0);
    expect(await labelled(label)).toEqual([]);
  });
});

describe.runIf(DOCKER)('a container that', () => {
  let daemon: RunningDaemon;
  let label: string;

  beforeAll(async () => {
    daemon = await startDockerDaemon({
      args: ['--request-timeout', '3s', '--memory-limit', '64mb', '--pids-limit', '100'],
    });
    label = await labelOf(daemon);
  });
  afterAll(() => daemon?.stop());

  async function create(code: string): Promise<{ id: string; endpoint: string; container: string }> {
    const id = await createFunction(daemon.url, { code });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    expect((await get(endpoint)).status).toBe(200);
    // It gets the function's name a moment after the function.
    const [container] = await eventually(async () => {
      const found = await containersOfFunction(label, id);
      return found.length > 0 && found;
    });
    return { id, endpoint, container: container! };
  }

  /** Its container is gone, and it has exactly one other. */
  async function expectReplaced(id: string, container: string): Promise<void> {
    await eventually(async () => !(await containersOf(label)).includes(container));
    const now = await eventually(async () => {
      const found = await containersOfFunction(label, id);
      return found.length > 0 && found;
    });
    expect(now).toHaveLength(1);
    expect(now[0]).not.toBe(container);
  }

  test.each([
    ['is killed', 'kill'],
    ['is stopped', 'stop', '-t', '0'],
    ['is restarted by hand', 'restart', '-t', '0'],
    ['is removed by hand', 'rm', '-f'],
  ])('%s is replaced', async (_name, ...command) => {
    const { id, endpoint, container } = await create(answering('here'));
    await docker(...command, container).catch((error: Error) => {
      expect(error.message).toMatch(/marked for removal/); // what ended is removed before it is started again
    });
    const began = performance.now();
    expect(await get(endpoint)).toEqual({ status: 200, text: 'here' });
    console.log(`docker ${command[0]} → next answer after ${Math.round(performance.now() - began)} ms`);
    await expectReplaced(id, container);
  });

  test('hangs is answered for with 504 and replaced', async () => {
    const { id, endpoint, container } = await create(answering('here'));
    await docker('pause', container);
    expect((await get(endpoint)).status).toBe(504);
    await eventually(async () => (await get(endpoint)).text === 'here');
    await expectReplaced(id, container);
  });

  test('hangs does not keep its function from being deleted', async () => {
    const { id, container } = await create(answering('here'));
    await docker('pause', container);
    await remove(daemon.url, id);
    await eventually(async () => !(await containersOf(label)).includes(container));
  });

  test('outgrows its memory says so, and serves again', async () => {
    const { endpoint } = await create(`const kept = [];
export default (req, res) => {
  if (req.path === '/') return res.end('fine');
  setInterval(() => kept.push(Buffer.alloc(10e6, 1)), 10);
};`);
    const answer = await get(`${endpoint}/grow`);
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text).error).toMatch(/memory.*64 MB/);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'fine' });
  });

  test('has a function that exits says so, and serves again in the same one', async () => {
    const { id, endpoint, container } = await create(
      `export default (req, res) => (req.path === '/' ? res.end('fine') : process.exit(7));`,
    );
    const answer = await get(`${endpoint}/exit`);
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text).error).toMatch(/exit code 7/);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'fine' });
    expect(await containersOfFunction(label, id)).toEqual([container]);
  });

  test('is full of processes stays so by itself, and can be deleted', async () => {
    const { id, endpoint, container } = await create(`import { spawn } from 'node:child_process';
let failed = 'not yet';
function fill(left) {
  if (left === 0) return;
  spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).on('error', ({ code }) => (failed = code));
  setImmediate(fill, left - 1);
}
export default (req, res) => {
  if (req.path === '/bomb') fill(300);
  res.end(req.path === '/failed' ? failed : 'fine');
};`);
    await get(`${endpoint}/bomb`);
    await eventually(async () => (await get(`${endpoint}/failed`)).text === 'EAGAIN');
    expect(Number(await docker('inspect', '--format', '{{.HostConfig.PidsLimit}}', container))).toBe(100);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'fine' });
    const other = await create(answering('undisturbed'));
    expect((await get(other.endpoint)).text).toBe('undisturbed');
    await remove(daemon.url, id);
    await eventually(async () => !(await containersOf(label)).includes(container));
  });

  test('is full of processes takes new code', async () => {
    const { id, endpoint } = await create(`import { spawn } from 'node:child_process';
for (let n = 0; n < 300; n++) spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).on('error', () => {});
export default (req, res) => res.end('bomb');`);
    const response = await fetch(`${daemon.url}/lambda`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, code: answering('peaceful') }),
    });
    expect(response.status).toBe(200);
    await eventually(async () => (await get(endpoint)).text === 'peaceful');
  });

  test('lost its network is replaced on a new one', async () => {
    const { id, endpoint, container } = await create(answering('here'));
    const ready = await create(answering('there'));
    const starting = await createFunction(daemon.url, { code: answering('soon') });
    const [network] = Object.keys((await inspect(container)).NetworkSettings.Networks);
    // A daemon at work would put new containers on it faster than they can be taken off.
    daemon.process.kill('SIGSTOP');
    await eventually(async () => {
      const everyone = '{{range $id, $_ := .Containers}}{{$id}} {{end}}';
      const members = await docker('network', 'inspect', '-f', everyone, network!);
      const leave = (one: string) => docker('network', 'disconnect', '-f', network!, one).catch(() => {});
      await Promise.all(members.split(' ').filter(Boolean).map(leave));
      return docker('network', 'rm', network!).then(
        () => true,
        () => false,
      );
    });
    daemon.process.kill('SIGCONT');
    const began = performance.now();
    await Promise.all([
      eventually(async () => (await get(endpoint)).text === 'here'),
      eventually(async () => (await get(ready.endpoint)).text === 'there'),
      eventually(async () => (await get(`${daemon.url}/endpoint/${starting}`)).text === 'soon'),
    ]);
    console.log(`network removed → all answer after ${Math.round(performance.now() - began)} ms`);
    await expectReplaced(id, container);
    expect((await labelled(label)).filter((name) => name.startsWith('network'))).toHaveLength(1);
  });

  test('lost its image is built anew when it is needed', async () => {
    const { endpoint, container } = await create(answering('here'));
    // Other daemons use the same image: only our name for it goes.
    const tag = (await inspect(container)).Config.Image;
    await docker('rmi', '-f', tag);
    await docker('kill', container);
    await eventually(async () => (await get(endpoint)).text === 'here');
    const { id: _id, endpoint: another } = await create(answering('new'));
    expect((await get(another)).text).toBe('new');
  });
});

describe.runIf(DOCKER)('with two replicas', () => {
  test('a container that is killed under load fails only the requests in it, and comes back', async () => {
    await using daemon = await startDockerDaemon({ args: ['--replicas', '2'] });
    const label = await labelOf(daemon);
    const id = await createFunction(daemon.url, {
      code: `export default (req, res) => setTimeout(() => res.end(process.env.HOSTNAME), 20);`,
    });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    await get(endpoint);
    const containers = await eventually(async () => {
      const found = await containersOfFunction(label, id);
      return found.length === 2 && found;
    });
    let done = 0;
    const failures: { status: number; text: string; after: number }[] = [];
    let killedAt = Number.POSITIVE_INFINITY;
    const inFlight = 8;
    const workers = Array.from({ length: inFlight }, async () => {
      while (done < 400) {
        done++;
        const { status, text } = await get(endpoint);
        if (status !== 200) failures.push({ status, text, after: performance.now() - killedAt });
      }
    });
    await eventually(() => done > 100);
    killedAt = performance.now();
    await docker('kill', containers[0]!);
    await Promise.all(workers);
    console.log(`failed of ${done}:`, failures);
    expect(failures.length).toBeLessThanOrEqual(inFlight);
    for (const { status, text } of failures) {
      expect(status).toBe(502);
      expect(JSON.parse(text).error).toMatch(/SIGKILL/);
    }
    await eventually(async () => (await containersOfFunction(label, id)).length === 2);
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => get(endpoint)));
      return new Set(answers.map(({ text }) => text)).size === 2;
    });
  });
});

describe.runIf(DOCKER)('50 functions created at once', () => {
  test('all answer', async () => {
    await using daemon = await startDockerDaemon({ args: ['--hold-timeout', '2m'] }); // the machine may be busy
    const label = await labelOf(daemon);
    await createFunction(daemon.url, { code: answering('first') }).then((id) =>
      get(`${daemon.url}/endpoint/${id}`),
    );
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const id = await createFunction(daemon.url, { code: answering(`f${n}`) });
        return get(`${daemon.url}/endpoint/${id}`);
      }),
    );
    console.log(`50 functions answered after ${Math.round(performance.now() - began)} ms`);
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => ({ status: 200, text: `f${n}` })));
    const health = await driverHealth(daemon);
    expect(health.workloads).toBe(51);
    const stopping = performance.now();
    expect(await daemon.stop()).toBe(0);
    console.log(`stopped after ${Math.round(performance.now() - stopping)} ms`);
    expect(await labelled(label)).toEqual([]);
  });
});
