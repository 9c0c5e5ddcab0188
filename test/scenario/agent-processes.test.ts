import { existsSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processIdentity } from '../../src/workloads/process/identity.ts';
import { AgentBench, type AgentTrial, get, sha256 } from '../support/agent-bench.ts';
import { agentLanguages } from '../support/agent-code.ts';
import { freePortPair } from '../support/free-ports.ts';
import { eventually } from '../support/patience.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { RuntimeAgent } from '../support/runtime-agent.ts';

let bench: AgentBench;

beforeAll(async () => {
  bench = await AgentBench.create();
});

afterAll(() => bench[Symbol.asyncDispose]());

describe.each(agentLanguages)('the agent of $name', (language) => {
  const { name, entry } = language;
  const spares = name === 'golang' ? [false] : [false, true];
  let trial: AgentTrial;
  let store: AgentBench['store'];

  beforeAll(async () => {
    trial = await bench.trial(language);
    store = bench.store;
  });

  describe.each(spares)('with a process started ahead: %s', (spare) => {
    const settings = spare ? { LAMBDOCK_AGENT_SPARE: '1' } : {};

    test('runs code from a folder, beside what it runs already, and stops each on its own', async () => {
      await using connected = await RuntimeAgent.connected(trial.command, settings);
      const { agent, client } = connected;
      const one = await trial.fromFolder(language.says('one'), { spare });
      const two = await trial.fromFolder(language.says('two'), { spare });
      const first = await trial.run(client, one);
      const second = await trial.run(client, two);
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
      await using connected = await RuntimeAgent.connected(trial.command, settings);
      const { agent, client } = connected;
      const old = await trial.fromFolder(language.slow, { spare });
      const oldPort = await trial.run(client, old);
      const underWay = get(oldPort);
      await eventually(() => agent.output.includes('came'));
      const port = await trial.run(client, await trial.fromFolder(language.says('new'), { spare }));
      client.send({ command: 'stop', process: old.process, grace: 30_000 });
      expect(await get(port)).toBe('new');
      writeFileSync(join(old.load.directory, 'go'), '');
      expect(await underWay).toBe('slow');
      const exited = await client.next('exited', old.process);
      expect(exited).toEqual({ event: 'exited', process: old.process, code: 0, signal: null, oom: false });
      expect(await get(port)).toBe('new');
    });

    test('fetches code by URL and content into a folder of its own, and removes it at the end', async () => {
      await using connected = await RuntimeAgent.connected(trial.command, settings);
      const { client } = connected;
      const code = language.says('fetched');
      store.objects.set('/ok', code);
      const hash = sha256(code);
      for (const fetch of [
        { url: `${store.url}/ok`, sha256: hash },
        { content: Buffer.from(code).toString('base64'), sha256: hash },
      ]) {
        const start = trial.fetching(fetch, { spare });
        expect(await get(await trial.run(client, start))).toBe('fetched');
        expect(await readFile(join(start.load.directory, entry), 'utf8')).toBe(code);
        expect((await stat(start.load.directory)).mode & 0o777).toBe(0o700);
        client.send({ command: 'stop', process: start.process, grace: 0 });
        expect(await client.next('exited', start.process)).toMatchObject({ signal: 'SIGKILL', oom: false });
        expect(existsSync(start.load.directory)).toBe(false);
      }
    });

    test('code that fails tells its place, ends, and leaves the agent as it was', async () => {
      await using connected = await RuntimeAgent.connected(trial.command, settings);
      const { client } = connected;
      const start = trial.withContent(language.broken, { spare });
      client.send(start);
      const told = await client.next('failed build-failed', start.process);
      if (name === 'golang') {
        expect(told.lines).toContainEqual(
          expect.stringMatching(/^\.\/handler\.go:2:8: "os" imported and not used/),
        );
        expect(told.ownModule).toBe(false);
      } else expect(told.error).toMatchObject({ name: 'SyntaxError', file: entry, line: 2 });
      await client.next('exited', start.process);
      expect(await get(await trial.run(client, await trial.fromFolder(language.says('fine'))))).toBe('fine');
    });
  });

  test('a start of an id that there is fails, and the first one goes on', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { client } = connected;
    const start = await trial.fromFolder(language.says('first'));
    const port = await trial.run(client, start);
    client.send(start);
    const { error } = await client.next('failed', start.process);
    expect(error).toMatchObject({ kind: 'setup', message: `there is a process ${start.process} already` });
    expect(await get(port)).toBe('first');
  });

  test('a stop of an id that there is not is answered', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    connected.client.send({ command: 'stop', process: 'unknown', grace: 100 });
    const exited = await connected.client.next('exited');
    expect(exited).toEqual({ event: 'exited', process: 'unknown', code: null, signal: null, oom: false });
  });

  test('a process that is stopped as soon as it is started never becomes ready', async () => {
    await using connected = await RuntimeAgent.connected(trial.command, { LAMBDOCK_AGENT_SPARE: '1' });
    const { client } = connected;
    for (const grace of [0, 5_000]) {
      const start = trial.withContent(language.says('x'));
      client.send(start);
      client.send({ command: 'stop', process: start.process, grace });
      await client.next('exited', start.process);
      expect([client.has('ready'), client.has('failed')]).toEqual([false, false]);
      expect(existsSync(start.load.directory)).toBe(false);
    }
  });

  test('code that ends its process is told with its exit code, and what it started ends, too', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { client } = connected;
    const start = await trial.fromFolder(language.exits);
    const port = await trial.run(client, start);
    await expect(get(port)).rejects.toThrow();
    const exited = await client.next('exited', start.process);
    expect(exited).toEqual({ event: 'exited', process: start.process, code: 3, signal: null, oom: false });
  });

  test('a killed process is told, and what it started ends with it', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { client } = connected;
    const start = await trial.fromFolder(language.tells);
    const { child, pid } = JSON.parse(await get(await trial.run(client, start)));
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
    await eventually(() => !isAlive(child));
  });

  test('the function sees its own environment and folder, and nothing of the agent', async () => {
    await using connected = await RuntimeAgent.connected({
      ...trial.command,
      env: { ...trial.command.env, OWN: 'yes' },
    });
    const start = await trial.fromFolder(language.tells);
    const port = await trial.run(connected.client, start);
    const { env, cwd } = JSON.parse(await get(port));
    expect(env).toMatchObject({ OWN: 'yes', HOST: '127.0.0.1', PORT: String(port) });
    expect(Object.keys(env).filter((one) => one.startsWith('LAMBDOCK_AGENT'))).toEqual([]);
    expect(cwd).toBe(start.load.directory);
  });

  test('a ping is answered by the process', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { client } = connected;
    const start = await trial.fromFolder(language.says('x'));
    await trial.run(client, start);
    client.send({ command: 'ping', process: start.process });
    expect(await client.next('pong')).toEqual({ event: 'pong', process: start.process });
  });

  test.runIf(language.hangs)('a function that hangs does not answer, and is ended', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { agent, client } = connected;
    const start = await trial.fromFolder(language.hangs!);
    const request = get(await trial.run(client, start)).catch(() => 'cut');
    await eventually(() => agent.output.includes('came'));
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
      await using connected = await RuntimeAgent.connected(trial.command);
      const { agent, client } = connected;
      const start = await trial.fromFolder(language.noisy!);
      const port = await trial.run(client, start);
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
    const first = await freePortPair();
    await using connected = await RuntimeAgent.connected(trial.command, {
      LAMBDOCK_AGENT_PORTS: `${first}-${first + 1}`,
    });
    const { client } = connected;
    const one = await trial.fromFolder(language.says('one'));
    const ports = [
      await trial.run(client, one),
      await trial.run(client, await trial.fromFolder(language.says('two'))),
    ];
    expect(ports.sort()).toEqual([first, first + 1]);
    const three = await trial.fromFolder(language.says('three'));
    client.send(three);
    expect((await client.next('failed', three.process)).error!.message).toMatch(/every port/);
    await client.next('exited', three.process);
    client.send({ command: 'stop', process: one.process, grace: 1_000 });
    await client.next('exited', one.process);
    expect(await get(await trial.run(client, await trial.fromFolder(language.says('four'))))).toBe('four');
  });

  test.runIf(spares.length > 1)(
    'a process started ahead that died is replaced when it is taken',
    async () => {
      await using connected = await RuntimeAgent.connected(trial.command, { LAMBDOCK_AGENT_SPARE: '1' });
      const { agent, client } = connected;
      await eventually(() => descendants(agent.child.pid!).length === 1);
      const [spare] = descendants(agent.child.pid!);
      // Stopped, it can't be seen to die before it is taken.
      process.kill(agent.child.pid!, 'SIGSTOP');
      process.kill(spare!, 'SIGKILL');
      const start = await trial.fromFolder(language.says('fresh'));
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
      await using connected = await RuntimeAgent.connected(trial.command, { LAMBDOCK_AGENT_SPARE: '1' });
      const { agent, client } = connected;
      const below = () => descendants(agent.child.pid!);
      await eventually(() => below().length === 1);
      process.kill(below()[0]!, 'SIGKILL');
      await eventually(() => below().length === 0);
      const start = await trial.fromFolder(language.says('x'), { spare: true });
      expect(await get(await trial.run(client, start))).toBe('x');
      await eventually(() => below().length === 2);
      expect((await agent.connect()).hello!.processes).toHaveLength(1);
    },
  );
});
