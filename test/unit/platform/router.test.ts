import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { describeApi } from '../../../src/platform/openapi/document.ts';
import { StorageFull } from '../../../src/storage/errors.ts';
import { MAX_CODE_BYTES, NODE, serveApi } from './support.ts';

const UNKNOWN_ID = '0123456789abcdef01234567';

test('a function is created, read, listed, changed and deleted', async () => {
  const { call, clock } = await serveApi();
  const created = await call('POST', '/lambda', NODE);
  expect(created.status).toBe(200);
  expect(created.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const id = created.body as string;
  const dates = { reg_date: '2026-01-01T00:00:00.000Z', update_date: '2026-01-01T00:00:00.000Z' };
  const { code, ...listed } = { id, ...NODE, disabled: false, ...dates };
  const got = await call('GET', `/lambda?id=${id}`);
  expect(got.body).toEqual({ ...listed, code });
  expect((await call('GET', '/lambda/list')).body).toEqual({ lambdas: [listed], pages: 1, cnt: 1 });
  await clock.advance(1000);
  expect((await call('PATCH', '/lambda', { id, file: 'other', name: 'renamed' })).status).toBe(200);
  expect((await call('GET', `/lambda?id=${id}`)).body).toMatchObject({
    title: 'renamed',
    code: 'other',
    update_date: '2026-01-01T00:00:01.000Z',
  });
  expect((await call('DELETE', `/lambda?id=${id}`)).status).toBe(200);
  for (const [method, path] of [
    ['GET', `/lambda?id=${id}`],
    ['DELETE', `/lambda?id=${id}`],
    ['GET', `/lambda/${id}/status`],
    ['GET', `/lambda/${id}/logs`],
  ] as const)
    expect(await call(method, path)).toMatchObject({
      status: 404,
      body: { error: `there is no function with id ${id}` },
    });
});

test('wrong input is a 400 that names the field, and nothing is stored', async () => {
  const { call, table } = await serveApi();
  const refused = async (body: unknown, message: string, method = 'POST') =>
    expect(await call(method, '/lambda', body)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(message) },
    });
  await refused({}, 'runtime is required; version is required');
  await refused({ ...NODE, title: undefined }, 'title is required');
  await refused({ ...NODE, code: undefined }, 'code is required');
  await refused({ ...NODE, title: 5 }, 'title must be a string');
  await refused({ ...NODE, version: 20 }, 'version must be a string');
  await refused({ ...NODE, code: null }, 'code must be a string');
  await refused({ ...NODE, runtime: ['node'] }, 'runtime must be a string');
  await refused({ ...NODE, name: 'other' }, 'title and its alias name are both given, and differ');
  await refused({ ...NODE, file: 'other' }, 'code and its alias file are both given, and differ');
  await refused({ ...NODE, code: '' }, 'code must not be empty');
  await refused('', 'the body is empty');
  await refused('{"title":', 'the body is not valid JSON');
  for (const body of ['[]', '5', 'null', '"text"']) await refused(body, 'the body must be a JSON object');
  await refused({ title: 'x' }, 'id is required', 'PATCH');
  await refused({ id: 'X', title: 'x' }, 'id must be 24 lower-case hexadecimal characters', 'PATCH');
  await refused({ id: UNKNOWN_ID }, 'at least one of title, runtime, version and code is required', 'PATCH');
  expect(table.rows.size).toBe(0);
  const same = await call('POST', '/lambda', { ...NODE, name: NODE.title, file: NODE.code, unknown: {} });
  expect(same.status).toBe(200);
});

test('ids and list queries are checked', async () => {
  const { call } = await serveApi();
  for (const id of ['', 'x', UNKNOWN_ID.toUpperCase(), `${UNKNOWN_ID}0`, '%00', '../../etc'])
    expect(await call('GET', `/lambda?id=${id}`)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^id must/) },
    });
  expect(await call('GET', '/lambda')).toMatchObject({ status: 400, body: { error: 'id is required' } });
  expect(await call('GET', `/lambda?id=${UNKNOWN_ID}&id=${UNKNOWN_ID}`)).toMatchObject({ status: 400 });
  expect(await call('GET', `/lambda?id=${UNKNOWN_ID}`)).toMatchObject({ status: 404 });
  expect(await call('GET', '/lambda/nonsense/status')).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/^id must/) },
  });
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['page=0', 'page'],
    ['page=99999999999999999999', 'page'],
    ['sort=code', 'sort'],
    ['sort=reg_date;drop', 'sort'],
    ['asc=maybe', 'asc'],
  ])
    expect(await call('GET', `/lambda/list?${query}`)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(new RegExp(`^${field} must be`)) },
    });
});

test('pages, order and counts add up', async () => {
  const { call } = await serveApi();
  for (const title of ['c', 'a', 'e', 'b', 'd']) await call('POST', '/lambda', { ...NODE, title });
  const titles = async (query: string) => {
    const { body } = await call('GET', `/lambda/list?${query}`);
    const { lambdas, pages, cnt } = body as { lambdas: { title: string }[]; pages: number; cnt: number };
    return [lambdas.map((one) => one.title).join(''), pages, cnt];
  };
  expect(await titles('')).toEqual(['dbeac', 1, 5]);
  expect(await titles('asc=true')).toEqual(['caebd', 1, 5]);
  expect(await titles('sort=title&asc=true&limit=2')).toEqual(['ab', 3, 5]);
  expect(await titles('sort=title&asc=true&limit=2&page=3')).toEqual(['e', 3, 5]);
  expect(await titles('limit=2&page=4')).toEqual(['', 3, 5]);
});

test('multipart fields and files create and change functions', async () => {
  const { url, call } = await serveApi();
  const form = new FormData();
  for (const [name, value] of Object.entries({ name: '이름', runtime: 'node', version: '20' }))
    form.set(name, value);
  form.set('file', new Blob(['uploaded']), '../../../evil.mjs');
  const created = await fetch(`${url}/lambda`, { method: 'POST', body: form });
  expect(created.status).toBe(200);
  const id = await created.json();
  expect((await call('GET', `/lambda?id=${id}`)).body).toMatchObject({ title: '이름', code: 'uploaded' });
  const change = new FormData();
  change.set('id', id);
  change.set('code', 'as a field');
  expect((await fetch(`${url}/lambda`, { method: 'PATCH', body: change })).status).toBe(200);
  expect((await call('GET', `/lambda?id=${id}`)).body).toMatchObject({ title: '이름', code: 'as a field' });
});

test('bodies of other types and encodings are refused', async () => {
  const { url } = await serveApi();
  const send = async (headers: Record<string, string>, body: string | Buffer) => {
    const response = await fetch(`${url}/lambda`, { method: 'POST', headers, body });
    return [response.status, ((await response.json()) as { error: string }).error];
  };
  const json = JSON.stringify(NODE);
  expect(await send({ 'content-type': 'text/plain' }, json)).toEqual([
    400,
    expect.stringContaining('content-type'),
  ]);
  expect(await send({ 'content-type': 'application/x-www-form-urlencoded' }, 'a=b')).toEqual([
    400,
    expect.stringContaining('content-type'),
  ]);
  expect(await send({ 'content-type': 'application/json; charset=utf-16' }, json)).toEqual([
    400,
    expect.stringContaining('content-type'),
  ]);
  expect(await send({ 'content-type': 'application/json', 'content-encoding': 'gzip' }, json)).toEqual([
    400,
    expect.stringContaining('content-encoding'),
  ]);
  expect(await send({ 'content-type': 'application/json' }, Buffer.from([0x7b, 0xff, 0x7d]))).toEqual([
    400,
    'the body is not valid UTF-8',
  ]);
  expect(await send({ 'content-type': 'Application/JSON; charset="UTF-8"' }, `\ufeff${json}`)).toEqual([
    200,
    undefined,
  ]);
});

test('too much code is a 413, whether counted, announced or sent without end', async () => {
  const { call, port, table } = await serveApi();
  const over = await call('POST', '/lambda', { ...NODE, code: 'x'.repeat(MAX_CODE_BYTES + 1) });
  expect(over).toMatchObject({
    status: 413,
    body: { error: expect.stringContaining('code must not be larger') },
  });
  const far = await call('POST', '/lambda', { ...NODE, code: 'x'.repeat(MAX_CODE_BYTES * 5) });
  expect(far.status).toBe(413);

  const socket = connect(port, '127.0.0.1');
  let answer = '';
  let sent = 0;
  socket.on('data', (data) => (answer += data));
  socket.on('error', () => {}); // it is cut off while sending
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(
    'POST /lambda HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const send = () => {
    while (!socket.destroyed && socket.write(chunk)) sent += 65_536;
    sent += 65_536;
  };
  socket.on('drain', send);
  send();
  await closed;
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
  expect(sent).toBeLessThan(100 * 1024 * 1024);
  expect(table.rows.size).toBe(0);
});

test('a body that stops coming is answered and given up', async () => {
  const { port, clock } = await serveApi();
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += data));
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(
    'POST /lambda HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"title":',
  );
  await expect.poll(() => clock.pending).toBe(1);
  await clock.advance(60_000);
  await expect.poll(() => answer).toContain('the body did not arrive completely in time');
  await clock.advance(5_000);
  await closed;
  expect(clock.pending).toBe(0);
});

test('a client that leaves while sending leaves nothing behind', async () => {
  const { port, clock, logged, table } = await serveApi();
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /lambda HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"title":',
  );
  await expect.poll(() => clock.pending).toBe(1);
  socket.destroy();
  await expect.poll(() => clock.pending).toBe(0);
  expect([logged, table.rows.size]).toEqual([[], 0]);
});

test('unknown paths are a 404 and other methods a 405 that says which are allowed', async () => {
  const { call, url } = await serveApi();
  for (const path of ['/lambda/nothing', '/lambda/list/x', `/lambda/${UNKNOWN_ID}`, '/LAMBDA/list'])
    expect(await call('GET', path)).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining(path) },
    });
  const wrong = await call('PUT', '/lambda', NODE);
  expect(wrong).toMatchObject({
    status: 405,
    body: { error: '/lambda takes GET, POST, PATCH, DELETE, not PUT' },
  });
  expect(wrong.headers.get('allow')).toBe('GET, POST, PATCH, DELETE, HEAD, OPTIONS');
  expect(await call('POST', '/lambda/list')).toMatchObject({ status: 405 });
  expect(await call('GET', '/_lambdock/link')).toMatchObject({ status: 405 });
  expect(await call('GET', '/lambda/%zz/status')).toMatchObject({ status: 400 });
  const options = await fetch(`${url}/lambda/list`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  const head = await fetch(`${url}/lambda/list`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('a full disk is a 507, and a bug of ours a 500 that tells nothing but a number', async () => {
  const { call, objects, table, logged } = await serveApi();
  objects.beforePut = () => {
    throw new StorageFull('/secret/place');
  };
  const full = await call('POST', '/lambda', NODE);
  expect([full.status, JSON.stringify(full.body)]).toEqual([507, expect.not.stringContaining('secret')]);
  objects.beforePut = () => {};
  table.fail = new Error('a secret');
  const bug = await call('POST', '/lambda', NODE);
  expect(bug.status).toBe(500);
  const { error } = bug.body as { error: string };
  expect(error).not.toMatch(/secret|at /);
  expect(error).toContain(logged[0]!.requestId);
  expect(logged[0]!.error).toMatchObject({ message: 'a secret' });
});

test('the catalogue keeps its dates, and dates what a new version changes', async () => {
  const { call, clock, catalogue, settings } = await serveApi();
  const first = '2026-01-01T00:00:00.000Z';
  await clock.advance(60_000);
  const { body } = await call('GET', '/lambda/runtimes');
  expect((body as { runtimes: unknown[] }).runtimes).toHaveLength(4);
  expect((body as { runtimes: unknown[] }).runtimes[1]).toEqual({
    runtime: 'node',
    version: '20',
    image: 'image/node',
    run_command: 'get %s && node',
    default_code: 'default of node',
    disabled: false,
    reg_date: first,
    update_date: first,
  });
  expect((await call('GET', '/lambda/default')).body).toEqual({
    runtime: 'node',
    version: '20',
    code: 'default of node',
    disabled: false,
    reg_date: first,
    update_date: first,
  });
  const stored = settings.get('platform.catalogue');
  expect((await call('GET', '/lambda/setup')).status).toBe(200);
  expect(settings.get('platform.catalogue')).toBe(stored);

  const [go, node, ...rest] = catalogue.runtimes;
  const changed = { ...node!, definition: { ...node!.definition, image: 'image/new' } };
  catalogue.runtimes = [go!, changed, ...rest];
  const { runtimes } = (await call('GET', '/lambda/runtimes')).body as { runtimes: object[] };
  expect(runtimes[0]).toMatchObject({ reg_date: first, update_date: first });
  expect(runtimes[1]).toMatchObject({ reg_date: first, update_date: '2026-01-01T00:01:00.000Z' });
});

test('status tells how the function is doing and where it comes from', async () => {
  const { call } = await serveApi();
  const id = (await call('POST', '/lambda', NODE)).body;
  expect((await call('GET', `/lambda/${id}/status`)).body).toEqual({
    id,
    title: 'hello',
    runtime: 'node',
    version: '20',
    endpoint: `/endpoint/${id}`,
    source: { kind: 'inline', sha256: expect.any(String) },
    revision: expect.stringMatching(/^[0-9a-f]{16}$/),
    state: 'ready',
    replicas: { desired: 1, ready: 1 },
  });
});

test('linking through the API checks its fields', async () => {
  const { call } = await serveApi();
  const refused = async (body: object, message: string) =>
    expect(await call('POST', '/_lambdock/link', body)).toMatchObject({
      status: 400,
      body: { error: message },
    });
  await refused({}, 'path is required');
  await refused({ path: 'x' }, 'path must be an absolute path of this machine');
  await refused({ path: '/x', poll: 'yes' }, 'poll must be true or false');
  await refused({ path: '/x', ignore: 'a' }, 'ignore must be a list of strings');
  await refused({ path: '/x', ignore: [1] }, 'ignore must be a list of strings');
});

test('the OpenAPI document describes every route and every reference leads somewhere', async () => {
  const { call } = await serveApi();
  const { body } = await call('GET', '/openapi.json');
  expect(body).toEqual(JSON.parse(JSON.stringify(describeApi('1.2.3'))));
  const text = JSON.stringify(body);
  const names = Object.keys((body as { components: { schemas: object } }).components.schemas);
  const references = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1]!);
  for (const name of references) expect(names).toContain(name);
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  for (const path of Object.keys(paths).filter((path) => !path.startsWith('/endpoint'))) {
    const put = await call('PUT', path.replace('{id}', UNKNOWN_ID).replace('{seq}', '1'));
    const allowed = put.headers
      .get('allow')!
      .split(', ')
      .filter((method) => !/HEAD|OPTIONS/.test(method));
    expect(Object.keys(paths[path]!).map((method) => method.toUpperCase())).toEqual(allowed);
  }
});
