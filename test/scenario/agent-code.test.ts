import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentBench, type AgentTrial, get, NEVER, sha256 } from '../support/agent-bench.ts';
import { agentLanguages } from '../support/agent-code.ts';
import { freePort } from '../support/free-ports.ts';
import { eventually } from '../support/patience.ts';
import { RuntimeAgent } from '../support/runtime-agent.ts';

let bench: AgentBench;

beforeAll(async () => {
  bench = await AgentBench.create();
});

afterAll(() => bench[Symbol.asyncDispose]());

describe.each(agentLanguages)('the agent of $name', (language) => {
  const { name, entry } = language;
  let trial: AgentTrial;
  let store: AgentBench['store'];

  beforeAll(async () => {
    trial = await bench.trial(language);
    store = bench.store;
  });

  describe('says that the code can’t be fetched when', () => {
    const code = language.says('x');
    test.each([
      ['the URL is not signed well', '/403', () => 403, /answered 403/, 1],
      ['there is no such object', '/404', undefined, /answered 404/, 1],
      ['the store wants to send it elsewhere', '/302', () => 302, /answered 302/, 1],
      ['the store is broken, after three attempts', '/503', () => 503, /answered 503/, 3],
    ])('%s', async (_, path, answer, message, tries) => {
      await using connected = await RuntimeAgent.connected(trial.command);
      const { client } = connected;
      const key = `${path}?X-Amz-Signature=secret`;
      if (answer) store.objects.set(key, answer);
      store.attempts.delete(key);
      const start = trial.fetching({ url: store.url + key, sha256: sha256(code) });
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error).toMatchObject({ kind: 'setup', name: 'FetchFailed' });
      expect(error!.message).toMatch(/^can't fetch the code: the object store answered/);
      expect(error!.message).toMatch(message);
      expect(error!.message).not.toContain('secret');
      expect(store.attempts.get(key)).toBe(tries);
      await client.next('exited', start.process);
    });

    test('nobody listens there', async () => {
      await using connected = await RuntimeAgent.connected(trial.command);
      const { client } = connected;
      const start = trial.fetching({ url: `http://127.0.0.1:${await freePort()}/x`, sha256: sha256(code) });
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error!.message).toMatch(/^can't fetch the code: .*refused/i);
    });

    test.each(['url', 'content'])('the %s holds something else', async (kind) => {
      await using connected = await RuntimeAgent.connected(trial.command);
      const { client } = connected;
      store.objects.set('/other', 'something else');
      const source = kind === 'url' ? { url: `${store.url}/other` } : { content: 'AAAA' };
      const start = trial.fetching({ ...source, sha256: sha256(code) });
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error!.message).toMatch(/^can't fetch the code: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}$/);
      expect(existsSync(join(start.load.directory, entry))).toBe(false);
    });

    test('its folder can’t be made', async () => {
      await using connected = await RuntimeAgent.connected(trial.command);
      const { client } = connected;
      const start = trial.withContent(code);
      await mkdir(join(start.load.directory, '../..'), { recursive: true });
      await writeFile(dirname(start.load.directory), 'a file');
      client.send(start);
      const { error } = await client.next('failed', start.process);
      expect(error!.message).toMatch(/^can't fetch the code: .*not a directory/i);
    });
  });

  test('code is fetched when the store answers at the second attempt', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const code = language.says('late');
    store.objects.set('/busy', () => {
      store.objects.set('/busy', code);
      return 500;
    });
    store.attempts.delete('/busy');
    const port = await trial.run(
      connected.client,
      trial.fetching({ url: `${store.url}/busy`, sha256: sha256(code) }),
    );
    expect(await get(port)).toBe('late');
    expect(store.attempts.get('/busy')).toBe(2);
  });

  test('a process that is stopped while its code is fetched ends, and nothing stays of it', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    const { client, agent } = connected;
    store.objects.set('/never', () => NEVER);
    const start = trial.fetching({ url: `${store.url}/never`, sha256: '' });
    store.attempts.delete('/never');
    client.send(start);
    await eventually(() => store.attempts.get('/never') === 1);
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

  test('tries URLs and tells what answers', async () => {
    await using connected = await RuntimeAgent.connected(trial.command);
    store.objects.set('/ok', 'yes');
    store.objects.set('/never', () => NEVER);
    const nobody = `http://127.0.0.1:${await freePort()}/`;
    const [ok, missing, never] = [`${store.url}/ok`, `${store.url}/missing`, `${store.url}/never`];
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
    await using connected = await RuntimeAgent.connected(trial.command);
    const { agent, client } = connected;
    const comment = { node: '//', python: '#', golang: '//' }[name];
    const code = `${language.says('large')}${comment} ${'x'.repeat(6_000_000)}\n`;
    expect(await get(await trial.run(client, trial.withContent(code)))).toBe('large');
    const tooLong = Buffer.alloc(65 * 1024 * 1024, 'x');
    client.write(tooLong);
    await client.closed;
    expect((await agent.connect()).hello!.processes).toHaveLength(1);
  });
});
