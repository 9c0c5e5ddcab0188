import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { User } from '../support/cli.ts';
import { createFunction, eventually, type RunningDaemon } from '../support/daemon.ts';
import {
  containersOf,
  containersOfFunction,
  DOCKER,
  docker,
  dockerFlags,
  driverHealth,
  inspect,
  labelled,
  labelOf,
  startDockerDaemon,
} from '../support/docker.ts';
import { answering, get } from '../support/functions.ts';

const HERE = `export default (req, res) => res.end(process.env.HOSTNAME);\n`;

describe.runIf(DOCKER)('a function in a container', () => {
  let daemon: RunningDaemon;
  let label: string;

  beforeAll(async () => {
    daemon = await startDockerDaemon({
      args: ['--memory-limit', '128mb', '--cpu-limit', '0.5', '--pids-limit', '99'],
    });
    label = await labelOf(daemon);
  });
  afterAll(() => daemon?.stop());

  async function create(code: string): Promise<{ id: string; endpoint: string }> {
    const id = await createFunction(daemon.url, { code });
    return { id, endpoint: `${daemon.url}/endpoint/${id}` };
  }

  async function containerOf(id: string): Promise<string> {
    const found = await containersOfFunction(label, id);
    expect(found).toHaveLength(1);
    return found[0]!;
  }

  async function update(id: string, code: string): Promise<void> {
    const response = await fetch(`${daemon.url}/lambda`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, code }),
    });
    expect(response.status).toBe(200);
  }

  test('answers from there', async () => {
    const { id, endpoint } = await create(HERE);
    const { status, text } = await get(endpoint);
    expect(status).toBe(200);
    expect((await containerOf(id)).startsWith(text)).toBe(true);
  });

  test('has the promised limits, no rights, and nothing that listens outside', async () => {
    const { id, endpoint } = await create(answering('limited'));
    await get(endpoint);
    const {
      Config: config,
      HostConfig: host,
      NetworkSettings: network,
    } = await inspect(await containerOf(id));
    expect(host).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      Privileged: false,
      PidsLimit: 99,
      NanoCpus: 0.5e9,
      Binds: null,
      LogConfig: { Config: { 'max-size': '10m', 'max-file': '2' } },
    });
    expect(host.Memory).toBeGreaterThanOrEqual(128 * 2 ** 20);
    expect(host.Memory).toBeLessThanOrEqual(256 * 2 ** 20);
    expect(host.MemorySwap).toBe(host.Memory);
    expect(config.User).toBe('65532:65532');
    expect(config.Labels).toMatchObject({
      'io.lambdock.daemon': label.split('=')[1],
      'io.lambdock.role': 'function',
      'io.lambdock.runtime': 'node 20',
    });
    const published = Object.values(network.Ports).flatMap((bindings) => bindings ?? []);
    expect(published.filter(({ HostIp: address }) => address !== '127.0.0.1')).toEqual([]);
    const [name] = Object.keys(network.Networks);
    const labels = await docker('network', 'inspect', '--format', '{{json .Labels}}', name!);
    expect(JSON.parse(labels)).toEqual({ 'io.lambdock.daemon': label.split('=')[1] });
  });

  test('runs as a user without rights, who can write to memory only', async () => {
    const { endpoint } = await create(`import { writeFileSync } from 'node:fs';
const attempt = (path) => { try { writeFileSync(path, 'x'); return 'written'; } catch (error) { return error.code; } };
export default (req, res) => res.json({
  uid: process.getuid(),
  root: attempt('/file'),
  etc: attempt('/etc/passwd'),
  runtime: attempt('/opt/lambdock/server.mjs'),
  tmp: attempt('/tmp/file'),
});`);
    expect(JSON.parse((await get(endpoint)).text)).toEqual({
      uid: 65_532,
      root: 'EROFS',
      etc: 'EROFS',
      runtime: 'EROFS',
      tmp: 'written',
    });
  });

  test('gets its code by a presigned URL, and no credentials', async () => {
    const { id, endpoint } = await create(
      'export default (req, res) => res.json({ env: process.env, here: import.meta.url });',
    );
    const { env, here } = JSON.parse((await get(endpoint)).text);
    expect(here).toMatch(/^file:\/\/\/function\//);
    expect(Object.keys(env).filter((name) => /LAMBDOCK_(AGENT|.*TOKEN)|AWS|SECRET|KEY/i.test(name))).toEqual(
      [],
    );
    const { Config: config, Mounts: mounts } = await inspect(await containerOf(id));
    expect(config.Env.filter((one) => /AWS|SECRET|ACCESS_KEY|MINIO/i.test(one))).toEqual([]);
    expect(mounts.filter(({ Type: type }) => type === 'bind')).toEqual([]);
    expect((await driverHealth(daemon)).code).toMatch(/^lambdock at http:\/\/[\d.]+:\d+$/);
  });

  test('can reach neither another function’s container nor the daemon’s API', async () => {
    const first = await create(HERE);
    await get(first.endpoint);
    const { NetworkSettings: network } = await inspect(await containerOf(first.id));
    const { IPAddress: address, Gateway: gateway } = Object.values(network.Networks)[0]!;
    const { port } = new URL(daemon.url);
    const { endpoint } = await create(`import { connect } from 'node:net';
const reach = (host, port) => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: 1000 });
  socket.on('connect', () => resolve('connected')).on('error', ({ code }) => resolve(code));
  socket.on('timeout', () => resolve('timeout'));
});
export default async (req, res) => res.json([
  await reach('${address}', 8079),
  await reach('${gateway}', ${port}),
]);`);
    const reached = JSON.parse((await get(endpoint)).text);
    expect(reached).toHaveLength(2);
    expect(reached).not.toContain('connected');
  });

  test('takes new code in the container it has', async () => {
    const { id, endpoint } = await create(answering('one'));
    expect((await get(endpoint)).text).toBe('one');
    const container = await containerOf(id);
    const { State: before } = await inspect(container);
    for (const text of ['two', 'three', 'four']) {
      await update(id, answering(text));
      expect((await get(endpoint)).text).toBe(text);
    }
    expect(await containerOf(id)).toBe(container);
    const { State: after } = await inspect(container);
    expect(after.StartedAt).toBe(before.StartedAt);
    await update(id, 'export default (req, res) => {\n  res.end("x"\n};\n');
    const broken = await get(endpoint);
    expect(broken.status).toBe(502);
    expect(JSON.parse(broken.text)).toMatchObject({ file: 'handler.mjs', line: 2 });
    await update(id, answering('mended'));
    expect((await get(endpoint)).text).toBe('mended');
    expect(await containerOf(id)).toBe(container);
  });

  test('streams its answer, and speaks over a web socket', async () => {
    const { endpoint } = await create(`import { createHash } from 'node:crypto';
let finish;
export default (req, res) => {
  if (req.path === '/finish') { finish(); return res.end(); }
  if (req.headers.upgrade) {
    const key = req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(key).digest('base64');
    req.socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\nsec-websocket-accept: ' + accept + '\\r\\n\\r\\n');
    req.socket.write(Buffer.from([0x81, 5, ...Buffer.from('hello')]));
    return;
  }
  res.write('begin ');
  finish = () => res.end('end');
};`);
    const response = await fetch(endpoint);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('begin ');
    await get(`${endpoint}/finish`);
    expect((await reader.read()).value).toBe('end');
    const socket = new WebSocket(endpoint.replace('http:', 'ws:'));
    const [message] = await once(socket, 'message');
    expect(String(message)).toBe('hello');
    socket.terminate();
  });

  test('gives its container back when it is deleted', async () => {
    const { id, endpoint } = await create(answering('short life'));
    await get(endpoint);
    const container = await containerOf(id);
    const response = await fetch(`${daemon.url}/lambda?id=${id}`, { method: 'DELETE' });
    expect(response.status).toBe(200);
    await eventually(async () => !(await containersOf(label)).includes(container));
  });

  test('is told of in health', async () => {
    const { endpoint } = await create(answering('counted'));
    await get(endpoint);
    const health = await driverHealth(daemon);
    expect(health).toMatchObject({
      name: 'docker',
      access: expect.stringMatching(/container addresses|published ports/),
    });
    expect(health.engine).toMatch(/^(Docker|Podman) [\d.]+\S* at /);
    expect(health.containers).toBeGreaterThanOrEqual(health.workloads);
    expect(health.workloads).toBeGreaterThan(0);
    expect(health.notice).toBeUndefined();
  });
});

describe.runIf(DOCKER)('containers', () => {
  test('come in as many copies as replicas were asked for, and all answer', async () => {
    await using daemon = await startDockerDaemon({ args: ['--replicas', '2'] });
    const id = await createFunction(daemon.url, {
      code: 'export default (req, res) => setTimeout(() => res.end(process.env.HOSTNAME), 20);',
    });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    await get(endpoint);
    const containers = await containersOfFunction(await labelOf(daemon), id);
    expect(containers).toHaveLength(2);
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(endpoint)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(2);
  });

  test('are given back by a function that nobody asks for, until somebody does', async () => {
    await using daemon = await startDockerDaemon({ args: ['--idle-timeout', '1s', '--no-standby'] });
    const label = await labelOf(daemon);
    const id = await createFunction(daemon.url, { code: answering('awake') });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    expect((await get(endpoint)).text).toBe('awake');
    const [first] = await containersOf(label);
    await eventually(async () => (await containersOf(label)).length === 0, 30_000);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'awake' });
    const [second] = await containersOf(label);
    expect(second).not.toBe(first);
  });

  test('and all else with our label are gone after `rm`, `reset` and `stop`', async () => {
    await using user = new User();
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-docker-'));
    const started = user.launch('start', '--port', '0', '--data-dir', dataDir, ...dockerFlags());
    await started.shows(/ready in/);
    const { url } = await eventually(() => existsSync(join(dataDir, 'daemon.json')) && readInfo(dataDir));
    const label = await labelOf({ url });
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c'])
      ids.push(await createFunction(url, { code: answering(title), title }));
    await Promise.all(ids.map((id) => get(`${url}/endpoint/${id}`)));
    const remaining = async () => {
      const counts = await Promise.all(ids.map((id) => containersOfFunction(label, id)));
      return counts.map((containers) => containers.length);
    };
    expect(await remaining()).toEqual([1, 1, 1]);
    expect((await user.run('rm', ids[0]!, '--url', url)).code).toBe(0);
    await eventually(async () => String(await remaining()) === '0,1,1');
    expect((await user.run('reset', '--yes', '--url', url)).code).toBe(0);
    expect(await containersOf(label)).toEqual([]);
    const again = await createFunction(url, { code: answering('again') });
    expect((await get(`${url}/endpoint/${again}`)).text).toBe('again');
    expect((await user.run('stop', '--url', url)).code).toBe(0);
    expect((await started.result).code).toBe(0);
    expect(await labelled(label)).toEqual([]);
    rmSync(dataDir, { recursive: true, force: true });
  });
});

function readInfo(dataDir: string): { url: string } {
  return JSON.parse(readFileSync(join(dataDir, 'daemon.json'), 'utf8'));
}
