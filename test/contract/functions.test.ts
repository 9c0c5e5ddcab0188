import { expect, test } from 'vitest';
import { type FunctionDocument, type ListDocument, saying, useContract } from './support.ts';

const contract = useContract();

/** All functions on all pages. */
async function listAll(query: string, limit: number): Promise<ListDocument['lambdas']> {
  const found: ListDocument['lambdas'] = [];
  for (let page = 1; ; page++) {
    const { status, body } = await contract.call<ListDocument>(
      'GET',
      `/lambda/list?${query}&limit=${limit}&page=${page}`,
    );
    expect(status).toBe(200);
    expect(body.pages).toBe(Math.ceil(body.cnt / limit));
    expect(body.lambdas.length).toBeLessThanOrEqual(limit);
    found.push(...body.lambdas);
    if (page >= body.pages) return found;
  }
}

test('creating answers with the id alone, from which all fields can be read', async () => {
  const code = saying('hello');
  const { status, headers, body } = await contract.call<string>('POST', '/lambda', {
    title: 'hello',
    runtime: 'node',
    version: '20',
    code,
  });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(body).toMatch(/^[0-9a-f]{24}$/);
  const document = await contract.get(body);
  expect(document).toEqual({
    id: body,
    title: 'hello',
    runtime: 'node',
    version: '20',
    code,
    disabled: false,
    reg_date: document.update_date,
    update_date: new Date(document.update_date).toISOString(),
  });
  expect(await contract.text(body)).toBe('hello');
  await contract.remove(body);
});

test('name and file stand for title and code', async () => {
  const { status, body: id } = await contract.call<string>('POST', '/lambda', {
    name: 'aliased',
    runtime: 'node',
    version: '20',
    file: saying('from file'),
  });
  expect(status).toBe(200);
  expect(await contract.get(id)).toMatchObject({ title: 'aliased', code: saying('from file') });
  await contract.remove(id);
});

test('titles and code in any script arrive unchanged', async () => {
  const title = 'Größe 한글 العربية 🙂 "quoted" \\back';
  const code = saying('안녕하세요 — ¿qué? 🎉 \u0000');
  const id = await contract.create({ title, code });
  expect(await contract.get(id)).toMatchObject({ title, code });
  expect(await contract.text(id)).toBe('안녕하세요 — ¿qué? 🎉 \u0000');
});

test('multipart takes code as a field and as a file, whatever the file is called', async () => {
  for (const fileName of [
    undefined,
    'handler.mjs',
    '../../../../tmp/escape.mjs',
    '/etc/passwd',
    'C:\\a\\b',
    '..',
    '한글.mjs',
  ]) {
    for (const field of ['code', 'file']) {
      const form = new FormData();
      form.set('name', `다중 ${fileName ?? 'field'}`);
      form.set('runtime', 'node');
      form.set('version', '20');
      const code = saying(`uploaded as ${field} ${fileName}`);
      if (fileName === undefined) form.set(field, code);
      else form.set(field, new Blob([code]), fileName);
      const id = await contract.create(form);
      expect(await contract.get(id)).toMatchObject({ title: `다중 ${fileName ?? 'field'}`, runtime: 'node' });
      expect(await contract.text(id)).toBe(`uploaded as ${field} ${fileName}`);
      await contract.remove(id);
    }
  }
});

test('several MB of code are stored, run, and given back', async () => {
  const code = `${saying('large')}// ${'long '.repeat(800_000)}\n`;
  const id = await contract.create({ code });
  expect((await contract.get(id)).code === code).toBe(true);
  expect(await contract.text(id)).toBe('large');
  const form = new FormData();
  form.set('id', id);
  form.set('code', new Blob([code.replace('large', 'larger')]), 'handler.mjs');
  expect((await contract.call('PATCH', '/lambda', form)).status).toBe(200);
  expect(await contract.text(id)).toBe('larger');
});

test('twenty creates at once give twenty functions, each with its own code', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      contract.create({ title: `concurrent ${index}`, code: saying(`number ${index}`) }),
    ),
  );
  expect(new Set(ids).size).toBe(20);
  const listed = new Map((await listAll('sort=id', 1000)).map((one) => [one.id, one.title]));
  for (const [index, id] of ids.entries()) {
    expect(listed.get(id)).toBe(`concurrent ${index}`);
    expect(await contract.text(id)).toBe(`number ${index}`);
  }
  await Promise.all(ids.map((id) => contract.remove(id)));
});

test('pages of any size together hold every function once, in order', async () => {
  const titles = ['b', 'a', 'C', 'ä', '한', 'a', '0'];
  const ids: string[] = [];
  for (const title of titles) ids.push(await contract.create({ title, code: saying(title) }));
  expect([...ids].sort()).toEqual(ids);

  const mine = (all: ListDocument['lambdas']) => all.filter((one) => ids.includes(one.id));
  for (const limit of [1, 2, 3, 1000])
    expect(mine(await listAll('sort=id&asc=true', limit)).map((one) => one.id)).toEqual(ids);
  expect(mine(await listAll('', 3)).map((one) => one.id)).toEqual([...ids].reverse());
  expect(mine(await listAll('sort=reg_date&asc=true', 3)).map((one) => one.id)).toEqual(ids);
  const up = mine(await listAll('sort=title&asc=true', 2));
  expect(up.map((one) => one.title)).toEqual(['0', 'C', 'a', 'a', 'b', 'ä', '한']);
  expect(mine(await listAll('sort=title&asc=false', 2))).toEqual([...up].reverse());
  for (const sort of ['runtime', 'version', 'disabled', 'update_date'])
    expect(mine(await listAll(`sort=${sort}`, 4))).toHaveLength(ids.length);

  const { code, ...listed } = await contract.get(ids[0]!);
  expect(up.find((one) => one.id === ids[0])).toEqual(listed);
  const { body } = await contract.call<ListDocument>('GET', '/lambda/list?page=1000000');
  expect(body.lambdas).toEqual([]);
});

test('each field can be changed alone, and the dates tell', async () => {
  const id = await contract.create({ title: 'before', code: saying('before') });
  const before = await contract.get(id);
  await contract.patch(id, { title: 'after' });
  const renamed = await contract.get(id);
  expect(renamed).toEqual({ ...before, title: 'after', update_date: renamed.update_date });
  expect(renamed.update_date >= before.update_date).toBe(true);
  await contract.patch(id, { file: saying('after') });
  expect(await contract.get(id)).toMatchObject({
    title: 'after',
    code: saying('after'),
    reg_date: before.reg_date,
  });
  expect(await contract.text(id)).toBe('after');
});

test('a deleted function is unknown everywhere', async () => {
  const id = await contract.create({ code: saying('here') });
  expect(await contract.text(id)).toBe('here');
  const { body: before } = await contract.call<ListDocument>('GET', '/lambda/list?limit=1');
  await contract.remove(id);
  for (const [method, path, body] of [
    ['GET', `/lambda?id=${id}`],
    ['DELETE', `/lambda?id=${id}`],
    ['PATCH', '/lambda', { id, title: 'back' }],
    ['GET', `/lambda/${id}/status`],
    ['GET', `/lambda/${id}/logs`],
    ['GET', `/endpoint/${id}`],
    ['POST', `/endpoint/${id}/below`],
  ] as const)
    expect(await contract.call(method, path, body)).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining(id) },
    });
  expect((await listAll('', 1000)).map((one) => one.id)).not.toContain(id);
  expect(before.cnt).toBeGreaterThan(0);
});

test('status and log tell what a function does', async () => {
  const id = await contract.create({
    code: "export default (req, res) => { console.log('said', req.query.word); res.send('ok'); }",
  });
  await contract.text(id, '?word=first');
  const { body } = await contract.call<FunctionDocument & { state: string }>('GET', `/lambda/${id}/status`);
  expect(body).toMatchObject({ id, state: 'ready', replicas: { ready: expect.any(Number) } });

  const abort = new AbortController();
  const response = await contract.request(`/lambda/${id}/logs`, { signal: abort.signal });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  const until = async (text: string) => {
    while (!seen.includes(text)) seen += (await reader.read()).value ?? '';
  };
  await until('said first');
  await contract.text(id, '?word=second');
  await until('said second');
  expect(seen).toMatch(/^id: \d+$/m);
  abort.abort();
});
