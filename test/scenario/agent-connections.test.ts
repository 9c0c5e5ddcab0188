import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentBench, type AgentTrial, get } from '../support/agent-bench.ts';
import { agentLanguages } from '../support/agent-code.ts';
import { eventually } from '../support/patience.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { RuntimeAgent, TOKEN } from '../support/runtime-agent.ts';

let bench: AgentBench;

beforeAll(async () => {
  bench = await AgentBench.create();
});

afterAll(() => bench[Symbol.asyncDispose]());

describe.each(agentLanguages)('the agent of $name', (language) => {
  let trial: AgentTrial;

  beforeAll(async () => {
    trial = await bench.trial(language);
  });

  describe('lets in', () => {
    test('who knows its token, and tells which processes there are', async () => {
      await using agent = await RuntimeAgent.start(trial.command);
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
      await using agent = await RuntimeAgent.start(trial.command);
      const stranger = await agent.dial();
      stranger.send(line);
      stranger.send({ command: 'hello', token: TOKEN });
      expect(await stranger.next('refused')).toEqual({ event: 'refused' });
      await stranger.closed;
      expect(stranger.has('hello')).toBe(false);
    });

    test('nobody who talks something else, or too much before the hello, and goes on for others', async () => {
      await using agent = await RuntimeAgent.start(trial.command);
      for (const text of ['GET / HTTP/1.1\r\n\r\n', '[]\n', 'x'.repeat(100_000)]) {
        const stranger = await agent.dial();
        stranger.write(text);
        await stranger.closed;
      }
      await agent.connect();
    });

    test('a few silent strangers at most, and the daemon beside them', async () => {
      await using agent = await RuntimeAgent.start(trial.command);
      const strangers = [];
      for (let i = 0; i < 20; i++) strangers.push(await agent.dial());
      await strangers[0]!.closed;
      const client = await agent.connect();
      client.send({ command: 'ping' });
      await client.next('pong');
    });
  });

  test('a newer connection replaces the older, in the middle of a line, and adopts what runs', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { agent, client } = connected;
    const start = await trial.fromFolder(language.slow);
    const port = await trial.run(client, start);
    client.write('{"command":"stop","process":');
    const newer = await agent.connect();
    await client.closed;
    expect(newer.hello!.processes).toMatchObject([{ process: start.process, port, state: 'ready' }]);
    const underWay = get(port);
    await eventually(() => agent.output.includes('came'));
    newer.send({ command: 'stop', process: start.process, grace: 30_000 });
    newer.send({ command: 'hello', token: TOKEN });
    expect((await newer.next('hello')).processes).toMatchObject([
      { process: start.process, state: 'stopping' },
    ]);
    writeFileSync(join(start.load.directory, 'go'), '');
    expect(await underWay).toBe('slow');
    await newer.next('exited', start.process);
    expect((await agent.connect()).hello!.processes).toEqual([]);
  });

  test('without a connection it goes on for a while, then ends with all it runs', async () => {
    await using connected = await RuntimeAgent.connected(trial.command, {
      LAMBDOCK_AGENT_ORPHAN_SECONDS: '2',
    });
    const { agent, client } = connected;
    const start = await trial.fromFolder(language.tells);
    const port = await trial.run(client, start);
    const { pid } = JSON.parse(await get(port));
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // longer than the limit, but connected
    client.close();
    expect((await agent.connect()).hello!.processes).toHaveLength(1);
    (await agent.connect()).close();
    expect(await agent.exited).toBe(0);
    await eventually(() => !isAlive(pid));
  });

  test('SIGTERM lets requests end, and removes what was fetched', async () => {
    await using connected = await RuntimeAgent.connected(trial.command, { LAMBDOCK_AGENT_SPARE: '1' });
    const { agent, client } = connected;
    const start = trial.withContent(language.slow);
    const underWay = get(await trial.run(client, start));
    await eventually(() => agent.output.includes('came'));
    agent.child.kill('SIGTERM');
    writeFileSync(join(start.load.directory, 'go'), '');
    expect(await underWay).toBe('slow');
    expect(await client.next('exited', start.process)).toMatchObject({ code: 0 });
    expect(await agent.exited).toBe(0);
    expect(existsSync(start.load.directory)).toBe(false);
    expect(descendants(agent.child.pid!)).toEqual([]);
  });

  test.runIf(language.hangs)('SIGTERM ends a function that hangs, too', async () => {
    await using connected = await RuntimeAgent.connected(trial.command, { LAMBDOCK_AGENT_GRACE_MS: '100' });
    const { agent, client } = connected;
    const request = get(await trial.run(client, await trial.fromFolder(language.hangs!))).catch(() => 'cut');
    await eventually(() => agent.output.includes('came'));
    agent.child.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
    expect(await request).toBe('cut');
  });

  test('when it is killed, its processes end with it', async () => {
    await using connected = await RuntimeAgent.connected(trial.command, { LAMBDOCK_AGENT_SPARE: '1' });
    const { agent, client } = connected;
    await trial.run(client, await trial.fromFolder(language.says('x'), { spare: true }));
    await trial.run(client, await trial.fromFolder(language.says('y')));
    const below = descendants(agent.child.pid!);
    expect(below.length).toBeGreaterThanOrEqual(2);
    agent.child.kill('SIGKILL');
    await eventually(() => !below.some(isAlive));
  });
});

test('nobody stays connected who says nothing for 5 seconds', async () => {
  const trials = await Promise.all(agentLanguages.map((language) => bench.trial(language)));
  await Promise.all(
    trials.map(async ({ command }) => {
      await using agent = await RuntimeAgent.start(command);
      await (await agent.dial()).closed;
    }),
  );
});
