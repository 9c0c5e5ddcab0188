import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExchangeDocument } from '../../src/platform/exchange-document.ts';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { rawRequest } from '../support/raw-http.ts';

const KB = 1024;

let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

/** The exchange of the function's newest request, once there are `count`. */
async function exchange(
  id: string,
  count = 1,
  { url, headers = {} } = { url: daemon.url },
): Promise<ExchangeDocument> {
  const seq = await eventually(async () => {
    const query = `follow=false&types=invocation&id=${id}`;
    const text = await (await fetch(`${url}/_lambdock/journal?${query}`, { headers })).text();
    const numbers = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => match[1]);
    return numbers.length === count && numbers.at(-1);
  });
  const response = await fetch(`${url}/_lambdock/exchanges/${seq}`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as ExchangeDocument;
}

test('a stream is passed on as it comes, and told when it is over', async () => {
  const id = await createFunction(daemon.url, {
    code: `export default (req, res) => {
  res.write('first,');
  req.on('data', (chunk) => res.write(chunk));
  req.on('end', () => res.end('last'));
};`,
  });
  let send!: (text: string | undefined) => void;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      send = (text) => (text === undefined ? controller.close() : controller.enqueue(Buffer.from(text)));
    },
  });
  send('sent,');
  const init = { method: 'POST', headers: { 'content-type': 'x/y' }, body, duplex: 'half' };
  const response = await fetch(`${daemon.url}/endpoint/${id}`, init as RequestInit);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let got = '';
  const until = async (text: string) => {
    while (!got.includes(text)) got += (await reader.read()).value;
  };
  await until('sent,');
  send('more,');
  await until('more,');
  send(undefined);
  await until('last');
  const told = await exchange(id);
  expect(told.request).toMatchObject({ body: 'sent,more,', bodyBytes: 10, truncated: false });
  expect(told.response).toMatchObject({ body: got, truncated: false });
  expect(got).toBe('first,sent,more,last');
});

test('large bodies are told by their beginning, and bytes as they were', async () => {
  const id = await createFunction(daemon.url, {
    code: `import { gzipSync } from 'node:zlib';
export default async (req, res) => {
  let length = 0;
  for await (const chunk of req) length += chunk.length;
  if (req.query.gzip) return res.set('content-encoding', 'gzip').send(gzipSync('zipped'));
  res.send(Buffer.alloc(300_000, 0xff));
};`,
  });
  const bytes = randomBytes(200 * KB);
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await fetch(`${daemon.url}/endpoint/${id}`, { method: 'POST', headers, body: bytes });
  expect((await answer.arrayBuffer()).byteLength).toBe(300_000);
  const { request, response } = await exchange(id);
  expect(request).toMatchObject({ bodyEncoding: 'base64', bodyBytes: bytes.length, truncated: true });
  expect(Buffer.from(request.body, 'base64')).toEqual(bytes.subarray(0, 64 * KB));
  expect(response).toMatchObject({ bodyEncoding: 'base64', bodyBytes: 300_000, truncated: true });
  expect(Buffer.from(response.body, 'base64')).toEqual(Buffer.alloc(64 * KB, 0xff));

  await fetch(`${daemon.url}/endpoint/${id}?gzip=1`);
  const zipped = (await exchange(id, 2)).response;
  expect(zipped).toMatchObject({ bodyEncoding: 'base64', truncated: false });
  expect(Buffer.from(zipped.body, 'base64')).toEqual(gzipSync('zipped'));
});

test('what could not be answered is told, too: a client that left, and a body that nobody read', async () => {
  const id = await createFunction(daemon.url, {
    code: `export default (req, res) => {
  if (req.url === '/early') res.send('enough');
  else res.write('begun');
};`,
  });
  const abort = new AbortController();
  const response = await fetch(`${daemon.url}/endpoint/${id}/slow`, { signal: abort.signal });
  await response.body!.getReader().read();
  abort.abort();
  expect((await exchange(id)).response).toMatchObject({ status: 499, body: 'begun' });

  const path = `/endpoint/${id}/early`;
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 9000000\r\n\r\nbegin`;
  const early = rawRequest(daemon.url, head);
  const { request } = await exchange(id, 2);
  expect(request).toMatchObject({ path: '/early', truncated: true });
  await early.catch(() => undefined);
});

test('with a token, exchanges need it on this machine as well, and never tell it', async () => {
  await using guarded = await startDaemon({ args: ['--token', 'sesame-open-wide'] });
  const { url } = guarded;
  const headers = { authorization: 'Bearer sesame-open-wide' };
  const created = await fetch(`${url}/lambda`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ title: 'echo', runtime: 'node', version: '20' },
      code: "export default (req, res) => res.set('x-echo', req.headers.authorization).send('ok');",
    }),
  });
  const id = (await created.json()) as string;
  const called = await fetch(`${url}/endpoint/${id}`, { headers });
  expect(called.headers.get('x-echo')).toBe(headers.authorization);
  const told = await exchange(id, 1, { url, headers });
  expect(told.request.headers).toContainEqual(['authorization', 'Bearer [token]']);
  expect(JSON.stringify(told)).not.toContain('sesame');
  for (const path of [`/_lambdock/exchanges/${told.seq}`, `/_lambdock/exchanges/${told.seq}/`])
    expect((await fetch(url + path)).status).toBe(401);
  expect((await fetch(`${url}/lambda/list`)).status).toBe(200);
  for (const path of [
    `/_lambdock/x/../exchanges/${told.seq}`,
    `/_lambdock/%65xchanges/${told.seq}`,
    `//_lambdock/exchanges/${told.seq}`,
    `/_lambdock\\exchanges/${told.seq}`,
    `/lambda/../_lambdock/exchanges/${told.seq}`,
    `http://localhost/_lambdock/exchanges/${told.seq}`,
    `/_lambdock/exchanges/${told.seq}?X-Amz-Signature=0`,
    `/_lambdock/exchanges/${told.seq}?X-Amz-Credential=a`,
  ]) {
    const answer = await rawRequest(
      url,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect([path, answer.status >= 400]).toEqual([path, true]);
  }
});
