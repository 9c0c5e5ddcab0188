import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { AUTHORIZATION, type ListDocument, MAX_CODE_BYTES, saying, useContract } from './support.ts';

const contract = useContract();
const VALID = { title: 'valid', runtime: 'node', version: '20', code: saying('valid') };
const UNKNOWN_ID = '0'.repeat(24);

async function count(): Promise<number> {
  return (await contract.call<ListDocument>('GET', '/lambda/list?limit=1')).body.cnt;
}

/** Each is refused with this status and a message that matches, in the contract's shape. */
async function expectRefused(
  status: number,
  message: RegExp,
  method: string,
  path: string,
  body?: object | string,
): Promise<void> {
  const answer = await contract.call(method, path, body);
  expect({ ...answer, sent: body }).toMatchObject({
    status,
    body: { error: expect.stringMatching(message) },
  });
  expect(Object.keys(answer.body)).toEqual(['error']);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
}

test('fields that are missing, wrong or unknown are named, and nothing is stored', async () => {
  const before = await count();
  const refused = (message: RegExp, body: object | string) =>
    expectRefused(400, message, 'POST', '/lambda', body);
  for (const field of ['title', 'runtime', 'version', 'code'] as const) {
    const { [field]: _, ...others } = VALID;
    await refused(new RegExp(field), others);
    for (const wrong of [5, null, true, ['x'], { x: 1 }, ''])
      await refused(new RegExp(field), { ...VALID, [field]: wrong });
  }
  await refused(/runtime.*ruby/, { ...VALID, runtime: 'ruby' });
  await refused(/version.*99/, { ...VALID, version: '99' });
  await refused(/runtime/, { ...VALID, runtime: '__proto__' });
  await refused(/code/, { ...VALID, code: ' \n\t' });
  await refused(/title.*name/, { ...VALID, name: 'different' });
  await refused(/code.*file/, { ...VALID, file: 'different' });
  for (const body of ['', '{', '[]', 'null', '5', '"x"', '{"title":"x",}', 'title=x'])
    await refused(/body/, body);
  expect(await count()).toBe(before);
});

test('forms that are wrong or broken are refused, and nothing is stored', async () => {
  const before = await count();
  const incomplete = new FormData();
  incomplete.set('title', 'x');
  await expectRefused(400, /runtime/, 'POST', '/lambda', incomplete);
  const empty = new FormData();
  for (const [name, value] of Object.entries({ ...VALID, code: '' })) empty.set(name, value);
  await expectRefused(400, /code/, 'POST', '/lambda', empty);
  const binary = new FormData();
  for (const [name, value] of Object.entries(VALID)) binary.set(name, value);
  binary.set('code', new Blob([new Uint8Array([0xff, 0xfe, 0x00])]), 'handler.mjs');
  await expectRefused(400, /code/, 'POST', '/lambda', binary);

  const part = '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n';
  for (const [type, body] of [
    ['multipart/form-data', `${part}--b--\r\n`],
    ['multipart/form-data; boundary=', `${part}--b--\r\n`],
    ['multipart/form-data; boundary=other', `${part}--b--\r\n`],
    ['multipart/form-data; boundary=b', part],
    ['multipart/form-data; boundary=b', part.slice(0, -8)],
    ['multipart/form-data; boundary=b', ''],
    ['multipart/form-data; boundary=b', `${part.replace('title', 'x').repeat(5_000)}--b--\r\n`],
    ['text/plain', JSON.stringify(VALID)],
    ['application/x-www-form-urlencoded', 'title=x'],
  ] as const) {
    const response = await contract.request('/lambda', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect([type, response.status]).toEqual([type, 400]);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/body|content-type|runtime/) });
  }
  expect(await count()).toBe(before);
});

test('bytes that are not UTF-8 are refused', async () => {
  const body = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  const headers = { 'content-type': 'application/json' };
  const response = await contract.request('/lambda', { method: 'POST', headers, body });
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: expect.stringContaining('UTF-8') },
  ]);
});

test('ids are checked before they are looked for', async () => {
  for (const id of [
    '',
    'x',
    UNKNOWN_ID.slice(1),
    `${UNKNOWN_ID}0`,
    'A'.repeat(24),
    '../../../etc/passwd',
    '%27%20OR%201=1',
  ]) {
    await expectRefused(400, /id/, 'GET', `/lambda?id=${id}`);
    await expectRefused(400, /id/, 'DELETE', `/lambda?id=${id}`);
    await expectRefused(400, /id/, 'PATCH', '/lambda', { id, title: 'x' });
  }
  for (const method of ['GET', 'DELETE']) await expectRefused(400, /id/, method, '/lambda');
  await expectRefused(400, /id/, 'PATCH', '/lambda', { title: 'x' });
  await expectRefused(404, new RegExp(UNKNOWN_ID), 'GET', `/lambda?id=${UNKNOWN_ID}`);
  await expectRefused(404, new RegExp(UNKNOWN_ID), 'DELETE', `/lambda?id=${UNKNOWN_ID}`);
  await expectRefused(404, new RegExp(UNKNOWN_ID), 'PATCH', '/lambda', { id: UNKNOWN_ID, title: 'x' });
});

test('a change that is refused changes nothing', async () => {
  const id = await contract.create({ code: saying('unchanged') });
  const before = await contract.get(id);
  await expectRefused(400, /title/, 'PATCH', '/lambda', { id });
  await expectRefused(400, /runtime/, 'PATCH', '/lambda', { id, title: 'new', runtime: 'ruby' });
  await expectRefused(400, /version/, 'PATCH', '/lambda', { id, title: 'new', version: '1' });
  await expectRefused(400, /code/, 'PATCH', '/lambda', { id, title: 'new', code: '' });
  await expectRefused(400, /code/, 'PATCH', '/lambda', { id, title: 'new', code: 5 });
  await expectRefused(413, /code/, 'PATCH', '/lambda', {
    id,
    title: 'new',
    code: 'x'.repeat(MAX_CODE_BYTES + 1),
  });
  expect(await contract.get(id)).toEqual(before);
  expect(await contract.text(id)).toBe('unchanged');
});

test('list queries are checked', async () => {
  for (const [field, values] of Object.entries({
    limit: ['0', '-1', '1001', 'x', '1.5', '', '1e9'],
    page: ['0', '-1', 'x', '', '9'.repeat(30)],
    sort: ['code', 'nothing', '', 'title;', 'TITLE', '__proto__'],
    asc: ['yes', '', '2'],
  }))
    for (const value of values)
      await expectRefused(
        400,
        new RegExp(field),
        'GET',
        `/lambda/list?${field}=${encodeURIComponent(value)}`,
      );
});

test('too much code is a 413, in JSON and in a form', async () => {
  const before = await count();
  const code = 'x'.repeat(MAX_CODE_BYTES + 1);
  await expectRefused(413, /code/, 'POST', '/lambda', { ...VALID, code });
  const form = new FormData();
  for (const [name, value] of Object.entries(VALID)) form.set(name, value);
  form.set('code', new Blob([code]), 'handler.mjs');
  await expectRefused(413, /code/, 'POST', '/lambda', form);
  expect(await count()).toBe(before);
});

test('a body announced as far too large is refused before it is sent', async () => {
  const { hostname, port, protocol } = new URL(contract.url);
  if (protocol !== 'http:') return;
  const socket = connect(Number(port || 80), hostname);
  const headers = Object.entries(AUTHORIZATION).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `POST /lambda HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n${headers.join('')}` +
      'Content-Length: 99999999999\r\n\r\n{"title":"x"',
  );
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
    if (answer.includes('"error"')) break;
  }
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test('other paths are a 404 and other methods a 405', async () => {
  await expectRefused(404, /lambda\/nothing/, 'GET', '/lambda/nothing');
  await expectRefused(404, /./, 'GET', `/lambda/${UNKNOWN_ID}/nothing`);
  await expectRefused(405, /PUT/, 'PUT', '/lambda', VALID);
  await expectRefused(405, /DELETE/, 'DELETE', '/lambda/list');
});
