import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { processIdentity } from '../../src/workloads/process/identity.ts';
import { freePort } from '../../src/workloads/process/probe.ts';
import { agentLanguages } from '../support/agent-code.ts';
import { descendants, isAlive } from '../support/processes.ts';
import {
  type AgentClient,
  type AgentCommand,
  agentCommand,
  RuntimeAgent,
  TOKEN,
} from '../support/runtime-agent.ts';
import { RuntimeFixture } from '../support/runtime-fixture.ts';
import { eventually } from '../support/runtime-process.ts';

let fixture: RuntimeFixture;
/** Stands in for the object store. */
let store: Server;
let storeUrl: string;
const objects = new Map<string, string | ((attempt: number) => number)>();
/** In place of a status. */
const NEVER = 0;
const attempts = new Map<string, number>();

beforeAll(async () => {
  fixture = await RuntimeFixture.create();
  store = createServer((request, response) => {
    const path = request.url!;
    const attempt = (attempts.get(path) ?? 0) + 1;
    attempts.set(path, attempt);
    const found = objects.get(path);
    if (typeof found === 'string') response.end(found);
    else if (found?.(attempt) !== 0)
      response.writeHead(found?.(attempt) ?? 404, { location: '/ok' }).end('no');
    // 0: it never answers
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  storeUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
});

afterAll(async () => {
  store.closeAllConnections();
  store.close();
  await fixture[Symbol.asyncDispose]();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const get = async (port: number, path = '/') => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

describe.each(agentLanguages)('the agent of $name', (language) => {
  const { name, entry } = language;
  let command: AgentCommand;
  /** For code that is fetched. */
  let folder: string;
  let made = 0;

  beforeAll(async () => {
    command = await agentCommand(fixture, name);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(fixture.folder, 'fetched-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A `start` of code that lies in a folder of its own. */
  async function fromFolder(code: string, more: object = {}) {
    const load = await fixture.write({ [entry]: code });
    return { command: 'start', process: `p${process.pid}-${++made}`, revision: made, load, ...more };
  }

  /** A `start` of code that the agent puts into a folder of its own. */
  function fetching(fetch: object, more: object = {}) {
    const id = `p${process.pid}-${++made}`;
    const load = { directory: join(folder, 'deep', id), entry, functionId: `f-${id}`, inline: true };
    return { command: 'start', process: id, revision: 1, load, fetch, ...more };
  }

  const withContent = (code: string, more?: object) =>
    fetching({ content: Buffer.from(code).toString('base64'), sha256: sha256(code) }, more);

  /** Sends a `start` and resolves with its port once it is ready. */
  async function run(client: AgentClient, start: { process: string }): Promise<number> {
    client.send(start);
    const { port } = await client.next('listening', start.process);
    const { event, error, lines } = await client.next('ready failed build-failed', start.process);
    if (event !== 'ready') throw new Error(`${event}: ${JSON.stringify(error ?? lines)}`);
    return port!;
  }

  const spares = name === 'golang' ? [false] : [false, true];

  describe('lets in', () => {
    test('who knows its token, and tells which processes there are', async () => {
      await using agent = await RuntimeAgent.start(command);
      const client = await agent.connect();
      expect(client.hello).toEqual({ event: 'hello', protocol: 1, processes: [] });
      client.send({ command: 'ping' });
      expect(await client.next('pong')).toEqual({ event: 'pong' });
    });

    test.each([
      ['a wrong token', { command: 'hello', token: 'the tokem' }],
      ['no token', { command: 'hello' }],
      ['another first line', { command: 'start', process: 'p', revision: 1, load: {} }],
    ])('nobody with %s', async (_, line) => {
      await using agent = await RuntimeAgent.start(command);
      const stranger = await agent.dial();
      stranger.send(line);
      stranger.send({ command: 'hello', token: TOKEN });
      expect(await stranger.next('refused')).toEqual({ event: 'refused' });
      await stranger.closed;
      expect(stranger.has('hello')).toBe(false);
    });

    test('nobody who talks something else, or too much before the hello, and goes on for others', async () => {
      await using agent = await RuntimeAgent.start(command);
      for (const text of ['GET / HTTP/1.1\r\n\r\n', '[]\n', 'x'.repeat(100_000)]) {
        const stranger = await agent.dial();
        stranger.write(text);
        await stranger.closed;
      }
      await agent.connect();
    });

    test('a few silent strangers at most, and the daemon beside them', async () => {
      await using agent = await RuntimeAgent.start(command);
      const strangers = [];
      for (let i = 0; i < 20; i++) strangers.push(await agent.dial());
      await strangers[0]!.closed;
      const client = await agent.connect();
      client.send({ command: 'ping' });
      await client.next('pong');
    });

    test('nobody who stays silent for 5 seconds', async () => {
      await using agent = await RuntimeAgent.start(command);
      await (await agent.dial()).closed;
    });
  });

  describe.each(spares)('with a process started ahead: %s', (spare) => {
    const settings = spare ? { LAMBDOCK_AGENT_SPARE: '1' } : {};

    test('runs code from a folder, beside what it runs already, and stops each on its own', async () => {
      await using connected = await RuntimeAgent.connected(command, settings);
      const { agent, client } = connected;
      const one = await fromFolder(language.says('one'), { spare });
      const two = await fromFolder(language.says('two'), { spare });
      const first = await run(client, one);
      const second = await run(client, two);
      expect([await get(first), await get(second)]).toEqual(['one', 'two']);
      expect((await agent.connect()).hello!.processes).toEqual([
        {
          process: one.process,
          functionId: one.load.functionId,
          revision: one.revision,
          port: first,
          state: 'ready',
        },
        {
          process: two.process,
          functionId: two.load.functionId,
          revision: two.revision,
          port: second,
          state: 'ready',
        },
      ]);
    });

    test('a reload is answered without a gap: the new one beside the old one, which ends its requests first', async () => {
      await using connected = await RuntimeAgent.connected(command, settings);
      const { agent, client } = connected;
      const old = await fromFolder(language.slow, { spare });
      const oldPort = await run(client, old);
      const underWay = get(oldPort);
      await eventually('the request is under way', () => agent.output.includes('came'));
      const port = await run(client, await fromFolder(language.says('new'), { spare }));
      client.send({ command: 'stop', process: old.process, grace: 5_000 });
      expect(await get(port)).toBe('new');
      expect(await underWay).toBe('slow');
      const exited = await client.next('exited', old.process);
      expect(exited).toEqual({ event: 'exited', process: old.process, code: 0, signal: null, oom: false });
      expect(await get(port)).toBe('new');
    });

    test('fetches code by URL and content into a folder of its own, and removes it at the end', async () => {
      await using connected = await RuntimeAgent.connected(command, settings);
      const { client } = connected;
      const code = language.says('fetched');
      objects.set('/ok', code);
      const hash = sha256(code);
      for (const fetch of [
        { url: `${storeUrl}/ok`, sha256: hash },
        { content: Buffer.from(code).toString('base64'), sha256: hash },
      ]) {
        const start = fetching(fetch, { spare });
        expect(await get(await run(client, start))).toBe('fetched');
        expect(await readFile(join(start.load.directory, entry), 'utf8')).toBe(code);
        expect((await stat(start.load.directory)).mode & 0o777).toBe(0o700);
        client.send({ command: 'stop', process: start.process, grace: 0 });
        expect(await client.next('exited', start.process)).toMatchObject({ signal: 'SIGKILL', oom: false });
        expect(existsSync(start.load.directory)).toBe(false);
      }
    });

    test('code that fails tells its place, ends, and leaves the agent as it was', async () => {
      await using connected = await RuntimeAgent.connected(command, settings);
      const { client } = connected;
      const start = withContent(language.broken, { spare });
      client.send(start);
      const told = await client.next('failed build-failed', start.process);
      if (name === 'golang') {
        expect(told.lines).toContainEqual(
          expect.stringMatching(/^\.\/handler\.go:2:8: "os" imported and not used/),
        );
        expect(told.ownModule).toBe(false);
      } else expect(told.error).toMatchObject({ name: 'SyntaxError', file: entry, line: 2 });
      await client.next('exited', start.process);
      expect(await get(await run(client, await fromFolder(language.says('fine'))))).toBe('fine');
    });
  });

  describe('says that the code can’t be fetched when', () => {
    const code = language.says('x');
    test.each([
      ['the URL is not signed well', '/403', () => 403, /answered 403/, 1],
      ['there is no such object', '/404', undefined, /answered 404/, 1],
      ['the store wants to send it elsewhere', '/302', () => 302, /answered 302/, 1],
      ['the store is broken, after three attempts', '/503', () => 503, /answered 503/, 3],
    ])('%s', async (_, path, answer, message, tries) => {
      await using connected = await RuntimeAgent.connected(command);
      const { client } = connected;
      const key = `${path}?X-Amz-Signature=secret`;
      if (answer) objects.set(key, answer);
      attempts.delete(key);
      const start = fetching({ url: storeUrl + key, sha256: sha256(code) });
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error).toMatchObject({ kind: 'setup', name: 'FetchFailed' });
      expect(error!.message).toMatch(/^can't fetch the code: the object store answered/);
      expect(error!.message).toMatch(message);
      expect(error!.message).not.toContain('secret');
      expect(attempts.get(key)).toBe(tries);
      await client.next('exited', start.process);
    });

    test('nobody listens there', async () => {
      await using connected = await RuntimeAgent.connected(command);
      const { client } = connected;
      const start = fetching({ url: `http://127.0.0.1:${await freePort()}/x`, sha256: sha256(code) });
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error!.message).toMatch(/^can't fetch the code: .*refused/i);
    });

    test.each(['url', 'content'])('the %s holds something else', async (kind) => {
      await using connected = await RuntimeAgent.connected(command);
      const { client } = connected;
      objects.set('/other', 'something else');
      const source = kind === 'url' ? { url: `${storeUrl}/other` } : { content: 'AAAA' };
      const start = fetching({ ...source, sha256: sha256(code) });
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error!.message).toMatch(/^can't fetch the code: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}$/);
      expect(existsSync(join(start.load.directory, entry))).toBe(false);
    });

    test('its folder can’t be made', async () => {
      await using connected = await RuntimeAgent.connected(command);
      const { client } = connected;
      const start = withContent(code);
      await writeFile(join(folder, 'deep'), 'a file');
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error!.message).toMatch(/^can't fetch the code: .*not a directory/i);
    });
  });

  test('code is fetched when the store answers at the second attempt', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const code = language.says('late');
    objects.set('/busy', () => {
      objects.set('/busy', code);
      return 500;
    });
    attempts.delete('/busy');
    const port = await run(connected.client, fetching({ url: `${storeUrl}/busy`, sha256: sha256(code) }));
    expect(await get(port)).toBe('late');
    expect(attempts.get('/busy')).toBe(2);
  });

  test('a process that is stopped while its code is fetched ends, and nothing stays of it', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { client, agent } = connected;
    objects.set('/never', () => NEVER);
    const start = fetching({ url: `${storeUrl}/never`, sha256: '' });
    attempts.delete('/never');
    client.send(start);
    await eventually('it is being fetched', () => attempts.get('/never') === 1);
    expect((await agent.connect()).hello!.processes).toMatchObject([
      { process: start.process, state: 'starting' },
    ]);
    const again = await agent.connect();
    again.send({ command: 'stop', process: start.process, grace: 5_000 });
    const exited = await again.next('exited', start.process);
    expect(exited.oom).toBe(false);
    expect(again.has('failed')).toBe(false);
    expect(existsSync(start.load.directory)).toBe(false);
  });

  test('a start of an id that there is fails, and the first one goes on', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { client } = connected;
    const start = await fromFolder(language.says('first'));
    const port = await run(client, start);
    client.send(start);
    const { error } = await client.next('failed', start.process);
    expect(error).toMatchObject({ kind: 'setup', message: `there is a process ${start.process} already` });
    expect(await get(port)).toBe('first');
  });

  test('a stop of an id that there is not is answered', async () => {
    await using connected = await RuntimeAgent.connected(command);
    connected.client.send({ command: 'stop', process: 'unknown', grace: 100 });
    const exited = await connected.client.next('exited');
    expect(exited).toEqual({ event: 'exited', process: 'unknown', code: null, signal: null, oom: false });
  });

  test('a process that is stopped as soon as it is started never becomes ready', async () => {
    await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_SPARE: '1' });
    const { client } = connected;
    for (const grace of [0, 5_000]) {
      const start = withContent(language.says('x'));
      client.send(start);
      client.send({ command: 'stop', process: start.process, grace });
      await client.next('exited', start.process);
      expect([client.has('ready'), client.has('failed')]).toEqual([false, false]);
      expect(existsSync(start.load.directory)).toBe(false);
    }
  });

  test('code that ends its process is told with its exit code, and what it started ends, too', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { client } = connected;
    const start = await fromFolder(language.exits);
    const port = await run(client, start);
    await expect(get(port)).rejects.toThrow();
    const exited = await client.next('exited', start.process);
    expect(exited).toEqual({ event: 'exited', process: start.process, code: 3, signal: null, oom: false });
  });

  test('a killed process is told, and what it started ends with it', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { client } = connected;
    const start = await fromFolder(language.tells);
    const { child, pid } = JSON.parse(await get(await run(client, start)));
    expect(processIdentity(child)).toBeDefined();
    process.kill(pid, 'SIGKILL');
    const exited = await client.next('exited', start.process);
    expect(exited).toEqual({
      event: 'exited',
      process: start.process,
      code: null,
      signal: 'SIGKILL',
      oom: false,
    });
    await eventually('its child is gone', () => !isAlive(child));
  });

  test('the function sees its own environment and folder, and nothing of the agent', async () => {
    await using connected = await RuntimeAgent.connected({ ...command, env: { ...command.env, OWN: 'yes' } });
    const start = await fromFolder(language.tells);
    const port = await run(connected.client, start);
    const { env, cwd } = JSON.parse(await get(port));
    expect(env).toMatchObject({ OWN: 'yes', HOST: '127.0.0.1', PORT: String(port) });
    expect(Object.keys(env).filter((one) => one.startsWith('LAMBDOCK_AGENT'))).toEqual([]);
    expect(cwd).toBe(start.load.directory);
  });

  test('a ping is answered by the process', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { client } = connected;
    const start = await fromFolder(language.says('x'));
    await run(client, start);
    client.send({ command: 'ping', process: start.process });
    expect(await client.next('pong')).toEqual({ event: 'pong', process: start.process });
  });

  test.runIf(language.hangs)('a function that hangs does not answer, and is ended', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { client } = connected;
    const start = await fromFolder(language.hangs!);
    const request = get(await run(client, start)).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 200)); // until it hangs
    for (let i = 0; i < 20_000; i++) client.send({ command: 'ping', process: start.process });
    client.send({ command: 'ping' });
    expect(await client.next('pong')).toEqual({ event: 'pong' });
    expect(client.has('pong')).toBe(false);
    client.send({ command: 'stop', process: start.process, grace: 50 });
    expect(await client.next('exited', start.process)).toMatchObject({
      code: null,
      signal: 'SIGKILL',
      oom: false,
    });
    expect(await request).toBe('cut');
  });

  test.runIf(language.noisy)(
    'what a function writes to fd 3 neither reaches the daemon nor fills the memory',
    async () => {
      await using connected = await RuntimeAgent.connected(command);
      const { agent, client } = connected;
      const start = await fromFolder(language.noisy!);
      const port = await run(client, start);
      expect(await get(port)).toBe('alive');
      client.send({ command: 'ping', process: start.process });
      await client.next('pong', start.process);
      expect([client.has('listening'), client.has('exited'), client.has('pong')]).toEqual([
        false,
        false,
        false,
      ]);
      expect((await agent.connect()).hello!.processes).toMatchObject([{ port, state: 'ready' }]);
    },
  );

  test('processes get only ports of the range, each one at a time', async () => {
    const first = await freePort();
    await using connected = await RuntimeAgent.connected(command, {
      LAMBDOCK_AGENT_PORTS: `${first}-${first + 1}`,
    });
    const { client } = connected;
    const one = await fromFolder(language.says('one'));
    const ports = [await run(client, one), await run(client, await fromFolder(language.says('two')))];
    expect(ports.sort()).toEqual([first, first + 1]);
    const three = await fromFolder(language.says('three'));
    client.send(three);
    expect((await client.next('failed', three.process)).error!.message).toMatch(/every port/);
    await client.next('exited', three.process);
    client.send({ command: 'stop', process: one.process, grace: 1_000 });
    await client.next('exited', one.process);
    expect(await get(await run(client, await fromFolder(language.says('four'))))).toBe('four');
  });

  test.runIf(spares.length > 1)(
    'a process started ahead that died is replaced when it is taken',
    async () => {
      await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_SPARE: '1' });
      const { agent, client } = connected;
      await eventually('the spare runs', () => descendants(agent.child.pid!).length === 1);
      const [spare] = descendants(agent.child.pid!);
      // Stopped, it can't be seen to die before it is taken.
      process.kill(agent.child.pid!, 'SIGSTOP');
      process.kill(spare!, 'SIGKILL');
      const start = await fromFolder(language.says('fresh'));
      client.send(start);
      process.kill(agent.child.pid!, 'SIGCONT');
      const { port } = await client.next('listening', start.process);
      await client.next('ready', start.process);
      expect(await get(port!)).toBe('fresh');
      expect(client.has('exited')).toBe(false);
    },
  );

  test.runIf(spares.length > 1)(
    'a process started ahead that dies unused is not started again and again',
    async () => {
      await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_SPARE: '1' });
      const { agent, client } = connected;
      const below = () => descendants(agent.child.pid!);
      await eventually('the spare runs', () => below().length === 1);
      process.kill(below()[0]!, 'SIGKILL');
      await eventually('it is gone', () => below().length === 0);
      const start = await fromFolder(language.says('x'), { spare: true });
      expect(await get(await run(client, start))).toBe('x');
      await eventually('there is another one ahead', () => below().length === 2);
      expect((await agent.connect()).hello!.processes).toHaveLength(1);
    },
  );

  test('a newer connection replaces the older, in the middle of a line, and adopts what runs', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { agent, client } = connected;
    const start = await fromFolder(language.slow);
    const port = await run(client, start);
    client.write('{"command":"stop","process":');
    const newer = await agent.connect();
    await client.closed;
    expect(newer.hello!.processes).toMatchObject([{ process: start.process, port, state: 'ready' }]);
    const underWay = get(port);
    await eventually('the request is under way', () => agent.output.includes('came'));
    newer.send({ command: 'stop', process: start.process, grace: 5_000 });
    newer.send({ command: 'hello', token: TOKEN });
    expect((await newer.next('hello')).processes).toMatchObject([
      { process: start.process, state: 'stopping' },
    ]);
    expect(await underWay).toBe('slow');
    await newer.next('exited', start.process);
    expect((await agent.connect()).hello!.processes).toEqual([]);
  });

  test('without a connection it goes on for a while, then ends with all it runs', async () => {
    await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_ORPHAN_SECONDS: '1' });
    const { agent, client } = connected;
    const start = await fromFolder(language.tells);
    const port = await run(client, start);
    const { pid } = JSON.parse(await get(port));
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // longer than the limit, but connected
    client.close();
    expect((await agent.connect()).hello!.processes).toHaveLength(1);
    (await agent.connect()).close();
    expect(await agent.exited).toBe(0);
    await eventually('the function is gone', () => !isAlive(pid));
  });

  test('SIGTERM lets requests end, and removes what was fetched', async () => {
    await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_SPARE: '1' });
    const { agent, client } = connected;
    const start = withContent(language.slow);
    const underWay = get(await run(client, start));
    await eventually('the request is under way', () => agent.output.includes('came'));
    agent.child.kill('SIGTERM');
    expect(await underWay).toBe('slow');
    expect(await client.next('exited', start.process)).toMatchObject({ code: 0 });
    expect(await agent.exited).toBe(0);
    expect(existsSync(start.load.directory)).toBe(false);
    expect(descendants(agent.child.pid!)).toEqual([]);
  });

  test.runIf(language.hangs)('SIGTERM ends a function that hangs, too', async () => {
    await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_GRACE_MS: '100' });
    const { agent, client } = connected;
    const request = get(await run(client, await fromFolder(language.hangs!))).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 200)); // until it hangs
    agent.child.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
    expect(await request).toBe('cut');
  });

  test('when it is killed, its processes end with it', async () => {
    await using connected = await RuntimeAgent.connected(command, { LAMBDOCK_AGENT_SPARE: '1' });
    const { agent, client } = connected;
    await run(client, await fromFolder(language.says('x'), { spare: true }));
    await run(client, await fromFolder(language.says('y')));
    const below = descendants(agent.child.pid!);
    expect(below.length).toBeGreaterThanOrEqual(2);
    agent.child.kill('SIGKILL');
    await eventually('all are gone', () => !below.some(isAlive));
  });

  test('tries URLs and tells what answers', async () => {
    await using connected = await RuntimeAgent.connected(command);
    objects.set('/ok', 'yes');
    objects.set('/never', () => NEVER);
    const nobody = `http://127.0.0.1:${await freePort()}/`;
    const [ok, missing, never] = [`${storeUrl}/ok`, `${storeUrl}/missing`, `${storeUrl}/never`];
    const urls = [ok, missing, never, nobody, 'http://nowhere.invalid/'];
    connected.client.send({ command: 'probe', probe: 'one', urls, timeout: 500 });
    const { results, probe } = await connected.client.next('probed');
    expect(probe).toBe('one');
    expect(results).toEqual({
      [ok]: 200,
      [missing]: 404,
      [never]: 'no answer in time',
      [nobody]: expect.stringMatching(/refused/i),
      'http://nowhere.invalid/': expect.any(String),
    });
  });

  test('takes code of several megabytes over its connection, and closes it for lines beyond all measure', async () => {
    await using connected = await RuntimeAgent.connected(command);
    const { agent, client } = connected;
    const comment = { node: '//', python: '#', golang: '//' }[name];
    const code = `${language.says('large')}${comment} ${'x'.repeat(6_000_000)}\n`;
    expect(await get(await run(client, withContent(code)))).toBe('large');
    const tooLong = Buffer.alloc(65 * 1024 * 1024, 'x');
    client.write(tooLong);
    await client.closed;
    expect((await agent.connect()).hello!.processes).toHaveLength(1);
  });
});
