import { expect, test } from 'vitest';
import { parseIfMatch, revisionOf } from '../../../src/platform/revision.ts';
import { NODE, serveApi } from './support.ts';

async function world() {
  const api = await serveApi();
  const patch = async (changes: object, ifMatch?: string) => {
    const response = await fetch(`${api.url}/lambda`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
      body: JSON.stringify(changes),
    });
    return { status: response.status, etag: response.headers.get('etag'), body: await response.json() };
  };
  const created = await api.call('POST', '/lambda', NODE);
  const id = created.body as string;
  const etag = async () => (await api.call('GET', `/lambda?id=${id}`)).headers.get('etag')!;
  return { ...api, patch, id, etag, createdTag: created.headers.get('etag') };
}

test('a revision follows from what can be changed, and from nothing else', () => {
  const one = { title: 't', runtime: 'node', version: '20' };
  const revision = revisionOf(one, 'a');
  expect(revision).toMatch(/^[0-9a-f]{16}$/);
  expect(revisionOf({ ...one, ...{ id: 'x' } }, 'a')).toBe(revision);
  const others = [
    revisionOf({ ...one, title: 'u' }, 'a'),
    revisionOf({ ...one, runtime: 'python' }, 'a'),
    revisionOf({ ...one, version: '18' }, 'a'),
    revisionOf(one, 'b'),
    revisionOf({ title: 'tnode', runtime: '', version: '20' }, 'a'),
  ];
  expect(new Set([revision, ...others]).size).toBe(6);
});

test('If-Match is a list of tags or a star; weak tags match nothing', () => {
  expect(parseIfMatch(undefined)).toBeUndefined();
  expect(parseIfMatch(' * ')).toBe('any');
  expect(parseIfMatch('"a"')).toEqual(new Set(['a']));
  expect(parseIfMatch('"a", W/"b" ,"c,d",, ""')).toEqual(new Set(['a', 'c,d', '']));
  expect(parseIfMatch('W/"a"')).toEqual(new Set());
});

for (const header of ['', 'a', '"a', '"a" b', '*, "a"', `"a"${' '.repeat(10_000)}x`])
  test(`If-Match ${JSON.stringify(header.slice(0, 20))} is refused instead of overlooked`, () => {
    expect(() => parseIfMatch(header)).toThrow(expect.objectContaining({ status: 400 }));
  });

test('creating, reading and changing tell the same revision of the same state', async () => {
  const { id, etag, patch, call, createdTag } = await world();
  expect(createdTag).toMatch(/^"[0-9a-f]{16}"$/);
  expect(await etag()).toBe(createdTag);
  const changed = await patch({ id, code: 'other' });
  expect(changed.etag).not.toBe(createdTag);
  expect(await etag()).toBe(changed.etag);
  expect((await patch({ id, code: NODE.code })).etag).toBe(createdTag);
  const { body } = await call('GET', `/lambda/${id}/status`);
  expect(`"${(body as { revision: string }).revision}"`).toBe(createdTag);
});

test('a change of another state than the expected one is refused and tells what is stored', async () => {
  const { id, etag, patch, call, deployments, journal } = await world();
  const first = await etag();
  expect(await patch({ id, title: 'mine' }, first)).toMatchObject({ status: 200 });
  const second = await etag();
  const before = journal.since(0).length;
  expect(await patch({ id, code: 'lost' }, first)).toEqual({
    status: 412,
    etag: second,
    body: { error: expect.stringContaining('the function was changed meanwhile') },
  });
  expect(await patch({ id, code: 'lost' }, `W/${second}`)).toMatchObject({ status: 412 });
  expect(await patch({ id, code: 'lost' }, 'second')).toMatchObject({ status: 400 });
  expect((await call('GET', `/lambda?id=${id}`)).body).toMatchObject({ title: 'mine', code: NODE.code });
  expect(journal.since(0)).toHaveLength(before);
  expect(deployments.deployed).toHaveLength(1);
  for (const ifMatch of ['*', `"other", ${second}`])
    expect(await patch({ id, title: 'mine' }, ifMatch)).toMatchObject({ status: 200, etag: second });
  expect(await patch({ id, title: 'as before' })).toMatchObject({ status: 200 });
});

test('an unknown function stays a 404, and wrong input a 400, whatever is expected', async () => {
  const { id, patch } = await world();
  expect(await patch({ id: '0123456789abcdef01234567', title: 'x' }, '"a"')).toMatchObject({ status: 404 });
  expect(await patch({ id, title: '' }, '"a"')).toMatchObject({ status: 400 });
});

test('of fifty that change the same state at once, one wins', async () => {
  const { id, etag, patch, call } = await world();
  const expected = await etag();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => patch({ id, code: `code ${index}` }, expected)),
  );
  const winner = answers.findIndex(({ status }) => status === 200);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(49);
  const got = await call('GET', `/lambda?id=${id}`);
  expect(got.body).toMatchObject({ code: `code ${winner}` });
  for (const answer of answers) expect(answer.etag).toBe(got.headers.get('etag'));
});
