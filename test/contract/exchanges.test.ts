import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/journal/journal.ts';
import type { ExchangeDocument } from '../../src/platform/exchange-document.ts';
import { useContract } from './support.ts';

const contract = useContract();

/** The function's entries in the journal, as they are now. */
async function entries(id: string, query = ''): Promise<JournalEntry[]> {
  const response = await contract.request(`/_lambdock/journal?follow=false&id=${id}${query}`);
  expect(response.status).toBe(200);
  return [...(await response.text()).matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1]!));
}

/** The newest request's exchange, once there are so many: a request is noted when it is over. */
async function newest(id: string, count: number): Promise<ExchangeDocument> {
  const requests = () => entries(id, '&types=invocation');
  await expect.poll(async () => (await requests()).length).toBe(count);
  const { seq } = (await requests()).at(-1)!;
  const { status, body } = await contract.call<ExchangeDocument>('GET', `/_lambdock/exchanges/${seq}`);
  expect(status).toBe(200);
  return body;
}

test('a request to a function and its answer can be read afterwards, and repeated from that', async () => {
  const id = await contract.create({
    code: `export default (req, res) => {
  console.log('asked for', req.body.what);
  res.set('x-answer', 'yes').status(201).json({ got: req.body.what });
};`,
  });
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Question': 'why' },
    body: '{"what":"Größe"}',
  };
  expect((await contract.endpoint(id, '/deep/er?a=%20b', init)).status).toBe(201);
  const first = await newest(id, 1);
  expect(first).toMatchObject({
    id,
    durationMs: expect.any(Number),
    request: {
      ...{ method: 'POST', path: '/deep/er?a=%20b', body: init.body, bodyEncoding: 'utf8' },
      ...{ bodyBytes: Buffer.byteLength(init.body), truncated: false },
    },
    response: { status: 201, body: '{"got":"Größe"}', bodyEncoding: 'utf8', truncated: false },
  });
  expect(first.request.headers).toContainEqual([expect.stringMatching(/^x-question$/i), 'why']);
  expect(first.response.headers).toContainEqual([expect.stringMatching(/^x-answer$/i), 'yes']);
  expect(Date.parse(first.time)).toBeGreaterThan(Date.now() - 600_000);
  await expect
    .poll(async () => (await newest(id, 1)).logs.map(({ text }) => text))
    .toContain('asked for Größe');

  const { method, path, headers, body } = first.request;
  const repeatable = headers.filter(([name]) => /^(content-type|x-question)$/i.test(name));
  await contract.endpoint(id, path, { method, headers: repeatable, body });
  const second = await newest(id, 2);
  expect([second.request.path, second.request.body, second.response.body]).toEqual([
    path,
    body,
    first.response.body,
  ]);
});

test('an answer that is given for a broken function is told like its own', async () => {
  const id = await contract.create({ code: 'export default broken(' });
  expect((await contract.endpoint(id)).status).toBe(502);
  const { response } = await newest(id, 1);
  expect(response).toMatchObject({ status: 502, bodyEncoding: 'utf8', truncated: false });
  expect(JSON.parse(response.body)).toMatchObject({ error: expect.stringContaining('SyntaxError') });
  expect(response.headers).toContainEqual(['content-type', 'application/json; charset=utf-8']);
});

test('nothing is kept of a deleted function’s requests', async () => {
  const id = await contract.create({ code: 'export default (req, res) => res.send("secret");' });
  await contract.text(id);
  const { seq } = await newest(id, 1);
  await contract.remove(id);
  expect(await contract.call('GET', `/_lambdock/exchanges/${seq}`)).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining(`request ${seq}`) },
  });
});

test('the journal tells the newest of a function, and ends when it is asked to', async () => {
  const id = await contract.create({ code: 'export default (req, res) => res.send("ok");' });
  for (const path of ['/1', '/2', '/3']) await contract.text(id, path);
  await newest(id, 3);
  expect(
    (await entries(id, '&tail=2&types=invocation')).map((entry) => 'path' in entry && entry.path),
  ).toEqual(['/2', '/3']);
  expect((await entries(id, '&except=invocation')).map(({ type }) => type)).toContain('function.created');
  for (const query of ['tail=x', 'follow=no', 'id=1', 'types=nothing', 'since=-1'])
    expect(await contract.call('GET', `/_lambdock/journal?${query}`)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(new RegExp(`^${query.split('=')[0]} must be `)) },
    });
});
