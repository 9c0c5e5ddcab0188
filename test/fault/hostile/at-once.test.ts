import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../../support/functions.ts';
import { UP, Victim } from './support.ts';

const victim = new Victim();
const { call, create, remove } = victim;

beforeAll(victim.start);
afterAll(victim.stop);

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
    const linked = await Promise.all(Array.from({ length: 10 }, () => link(victim.daemon.url, source.path)));
    expect(new Set(linked.map(({ id }) => id)).size).toBe(1);
    expect((await get(linked[0]!.endpoint)).text).toBe('linked');
    await remove(linked[0]!.id);
  });

  test('a deletion lets the request under way end, and holds off no longer than that', async () => {
    const { id, endpoint } = await create(
      'export default (req, res) => { res.write("begun, "); setTimeout(() => res.end("whole"), 500); };',
    );
    const underWay = await fetch(endpoint);
    const deleting = remove(id);
    await eventually(async () => (await get(endpoint)).status === 404);
    expect(await underWay.text()).toBe('begun, whole');
    expect((await deleting).status).toBe(200);
  });

  test('a deletion while the function starts ends it, and those who wait hear that there is none', async () => {
    const { id, endpoint } = await create(
      `await new Promise((resolve) => setTimeout(resolve, 60_000));\n${UP}`,
    );
    const waiting = Promise.all([get(endpoint), get(endpoint)]);
    await sleep(100);
    const begun = performance.now();
    expect((await remove(id)).status).toBe(200);
    for (const { status, text } of await waiting) {
      expect([status, JSON.parse(text)]).toEqual([404, { error: expect.stringContaining(id) }]);
    }
    expect(performance.now() - begun).toBeLessThan(5_000); // sooner than it is given up
  });
});

test('after all of this there was no bug of ours, and nothing is left that nobody needs', () =>
  victim.expectNothingLeft());
