import { expect, test } from 'vitest';
import { AUTHORIZATION, type FunctionDocument, type ListDocument, saying, useContract } from './support.ts';

/* What lambdock adds to the contract, beside status, logs and the OpenAPI document. */

const contract = useContract();

interface Traffic {
  periodMs: number;
  end: string;
  requests: number[];
  errors: number[];
  totalMs: number[];
  slowestMs: number[];
}

interface Listed {
  id: string;
  status?: { state: string; revision: string };
  traffic?: Omit<Traffic, 'totalMs' | 'slowestMs'>;
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

async function patch(body: object, ifMatch: string) {
  const response = await fetch(`${contract.url}/lambda`, {
    method: 'PATCH',
    headers: { ...AUTHORIZATION, 'content-type': 'application/json', 'if-match': ifMatch },
    body: JSON.stringify(body),
  });
  return { status: response.status, etag: response.headers.get('etag'), body: await response.json() };
}

async function read(id: string) {
  const { body, headers } = await contract.call<FunctionDocument>('GET', `/lambda?id=${id}`);
  return { document: body, etag: headers.get('etag')! };
}

test('who changes a function that someone else has changed is told, and nothing is lost', async () => {
  const id = await contract.create({ title: 'shared', code: saying('first') });
  const { etag: first } = await read(id);
  expect(first).toMatch(/^"[\x21\x23-\x7e]+"$/);
  const mine = await patch({ id, code: saying('mine') }, first);
  expect(mine).toMatchObject({ status: 200, body: id });
  const late = await patch({ id, code: saying('late') }, first);
  expect(late).toMatchObject({ status: 412, body: { error: expect.any(String) }, etag: mine.etag });
  expect(await read(id)).toMatchObject({ etag: mine.etag, document: { code: saying('mine') } });
  expect(await contract.text(id)).toBe('mine');
  expect(await patch({ id, code: saying('late') }, late.etag!)).toMatchObject({ status: 200 });
  expect(await contract.text(id)).toBe('late');
  expect(await patch({ id, title: 'any' }, '*')).toMatchObject({ status: 200 });
  await contract.patch(id, { title: 'plain' });
});

test('of fifty that save the same function at once, one wins', async () => {
  const id = await contract.create({ code: saying('first') });
  const { etag } = await read(id);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => patch({ id, code: saying(`number ${index}`) }, etag)),
  );
  const winners = answers.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(49);
  expect(await contract.text(id)).toBe(`number ${answers.indexOf(winners[0]!)}`);
  expect((await read(id)).etag).toBe(winners[0]!.etag);
});

test('deleting can be undone, and the endpoint answers as before', async () => {
  const id = await contract.create({ title: 'kept', code: saying('here again') });
  expect(await contract.text(id)).toBe('here again');
  const before = await contract.get(id);
  expect((await contract.call('DELETE', `/lambda?id=${id}`)).status).toBe(200);
  const restore = () => contract.call('POST', `/lambda/${id}/restore`);
  expect(await restore()).toMatchObject({ status: 200, body: id });
  const after = await contract.get(id);
  expect(after).toEqual({ ...before, update_date: after.update_date });
  expect(await contract.text(id)).toBe('here again');
  expect(await restore()).toMatchObject({ status: 200, body: id });
  expect(await contract.call('POST', '/lambda/0123456789abcdef01234567/restore')).toMatchObject({
    status: 404,
  });
});

test('a search narrows the list, its number and its pages, and takes every character as it is', async () => {
  const unique = `Größe ${Date.now()}`;
  const ids = [];
  for (const end of ['a%b', 'a_b', 'aXb'])
    ids.push(await contract.create({ title: `${unique} ${end}`, code: saying('x') }));
  const search = async (text: string, limit = 10) => {
    const query = new URLSearchParams({ search: text, sort: 'id', asc: 'true', limit: String(limit) });
    const { body } = await contract.call<ListDocument>('GET', `/lambda/list?${query}`);
    return { cnt: body.cnt, pages: body.pages, ids: body.lambdas.map((one) => one.id) };
  };
  expect(await search(unique)).toEqual({ cnt: 3, pages: 1, ids });
  expect(await search(unique.toUpperCase().replace('SS', 'ß'), 2)).toEqual({
    cnt: 3,
    pages: 2,
    ids: ids.slice(0, 2),
  });
  expect(await search(`${unique} a%b`)).toMatchObject({ ids: [ids[0]] });
  expect(await search(`${unique} a_b`)).toMatchObject({ ids: [ids[1]] });
  expect(await search(ids[2]!)).toMatchObject({ ids: [ids[2]] });
  expect((await search('node 20', 1000)).ids).toEqual(expect.arrayContaining(ids));
  expect(await search(`${unique} nothing`)).toEqual({ cnt: 0, pages: 0, ids: [] });
});

test('requests are counted, also those that no code could answer', async () => {
  const id = await contract.create({
    code: "export default (req, res) => { if (req.query.fail) throw new Error('asked to'); res.send('ok'); }",
  });
  for (const query of ['', '', '?fail=1']) await contract.text(id, `/${query}`);
  await contract.patch(id, { code: 'export default broken(' });
  expect((await contract.endpoint(id)).status).toBe(502);
  expect((await contract.endpoint(id)).status).toBe(502);
  // A request is counted when it is over, which its caller may see a moment earlier.
  const counted = async () => (await contract.call<Traffic>('GET', `/lambda/${id}/traffic`)).body;
  await expect.poll(async () => sum((await counted()).requests)).toBe(5);
  const traffic = await counted();
  expect(traffic.periodMs).toBe(10_000);
  expect(Date.parse(traffic.end) % 10_000).toBe(0);
  for (const values of [traffic.requests, traffic.errors, traffic.totalMs, traffic.slowestMs])
    expect(values).toHaveLength(60);
  expect(sum(traffic.errors)).toBe(3);
  expect(sum(traffic.totalMs)).toBeGreaterThan(0);
  expect(Math.max(...traffic.slowestMs)).toBeLessThanOrEqual(sum(traffic.totalMs));

  const query = `search=${id}&include=status,traffic`;
  const { body } = await contract.call<{ lambdas: Listed[] }>('GET', `/lambda/list?${query}`);
  const { totalMs: _, slowestMs: __, ...counts } = traffic;
  const [listed] = body.lambdas;
  expect(listed).toMatchObject({ id, status: { state: 'failed' } });
  expect(sum(listed!.traffic!.requests)).toBe(sum(counts.requests));
  expect(`"${listed!.status!.revision}"`).toBe((await read(id)).etag);
  expect(await contract.call('GET', '/lambda/list?include=code')).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('include') },
  });
});
