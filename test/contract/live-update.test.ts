import { expect, test } from 'vitest';
import { eventually } from '../support/patience.ts';
import { type Contract, saying, useContract } from './support.ts';

const contract = useContract();

interface Call {
  started: number;
  status: number;
  text: string;
}

/** Calls of a function from several sides at once. */
interface Load {
  /** Everything that was answered so far. */
  readonly calls: readonly Call[];
  /** Waits until one of them was answered like this. */
  has(look: (call: Call) => boolean): Promise<unknown>;
  stop(): Promise<void>;
}

function load(workers: number, api: Contract, id: string): Load {
  const calls: Call[] = [];
  let stopped = false;
  const work = async () => {
    while (!stopped) {
      const started = performance.now();
      const outcome = await api.request(`/endpoint/${id}`).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        (error: unknown) => ({ status: 0, text: String(error) }),
      );
      calls.push({ started, ...outcome });
    }
  };
  const all = Promise.all(Array.from({ length: workers }, work));
  return {
    calls,
    has: (look) => eventually(() => calls.some(look)),
    async stop() {
      stopped = true;
      await all;
    },
  };
}

test('code is replaced under load without a failed request, and nobody gets the old code after the answer', async () => {
  const id = await contract.create({ code: saying('version 0') });
  await contract.text(id);
  const calling = load(8, contract, id);
  const changes: { version: number; acknowledged: number }[] = [];
  await calling.has(({ text }) => text === 'version 0');
  for (let version = 1; version <= 8; version++) {
    await contract.patch(id, { code: saying(`version ${version}`) });
    changes.push({ version, acknowledged: performance.now() });
    expect(await contract.text(id)).toBe(`version ${version}`);
    await calling.has(({ text }) => text === `version ${version}`);
  }
  await calling.stop();
  const { calls } = calling;
  expect(calls.length).toBeGreaterThan(50);
  expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
  for (const { started, text } of calls) {
    const least = changes.findLast(({ acknowledged }) => acknowledged < started)?.version ?? 0;
    expect(Number(/^version (\d)$/.exec(text)?.[1])).toBeGreaterThanOrEqual(least);
  }
  expect(new Set(calls.map(({ text }) => text)).size).toBe(9);
});

test('a request under way ends on the code it began with', async () => {
  const slow = (word: string) => `export default async (req, res) => {
    res.write('${word} begins; ');
    await new Promise((resolve) => setTimeout(resolve, 800));
    res.end('${word} ends');
  }\n`;
  const id = await contract.create({ code: slow('old') });
  await contract.text(id);
  const response = await contract.request(`/endpoint/${id}`);
  await contract.patch(id, { code: slow('new') });
  expect(await contract.text(id)).toBe('new begins; new ends');
  expect(await response.text()).toBe('old begins; old ends');
});

test('of many changes at once one wins, and row and running code agree on which', async () => {
  const id = await contract.create({ code: saying('first') });
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      contract.patch(id, { title: `t${index}`, code: saying(`t${index}`) }),
    ),
  );
  const { title, code } = await contract.get(id);
  expect(code).toBe(saying(title));
  expect(await contract.text(id)).toBe(title);
});

test('broken code under load is answered as broken, and mending it is seen at once', async () => {
  const id = await contract.create({ code: saying('fine') });
  await contract.text(id);
  const calling = load(4, contract, id);
  for (let round = 1; round <= 3; round++) {
    await contract.patch(id, { code: `broken ${round} (\n` });
    expect((await contract.request(`/endpoint/${id}`)).status).toBe(502);
    await calling.has(({ status }) => status === 502);
    await contract.patch(id, { code: saying(`mended ${round}`) });
    expect(await contract.text(id)).toBe(`mended ${round}`);
    await calling.has(({ text }) => text === `mended ${round}`);
  }
  await calling.stop();
  const statuses = new Set(calling.calls.map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 502]);
});

test('a function deleted under load is answered by itself or by a 404, never by an error', async () => {
  const id = await contract.create({ code: saying('here') });
  await contract.text(id);
  const calling = load(8, contract, id);
  await calling.has(({ status }) => status === 200);
  await contract.remove(id);
  await calling.has(({ status }) => status === 404);
  await calling.stop();
  const statuses = new Set(calling.calls.map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 404]);
});
