import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestLambda } from '../support/aws/lambda-client.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { type RawAnswer, RawConnection, rawRequest } from '../support/raw-http.ts';

const SIGNED =
  'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0';
/** A header that nobody looks at, yet that makes a request one for Node's own server. */
const BY_NODE = 'Origin-Unknown: ü';

let daemon: RunningDaemon;
let lambda: TestLambda;
let echo: string;
let fails: string;

beforeAll(async () => {
  daemon = await startDaemon();
  lambda = new TestLambda(daemon);
  echo = await lambda.create({ 'index.js': 'exports.handler = async (event) => event;' });
  fails = await lambda.create({
    'index.js': "exports.handler = async () => { throw new TypeError('no'); };",
  });
});

afterAll(() => daemon[Symbol.asyncDispose]());

interface Parts {
  path?: string;
  headers?: string[];
  body?: string;
}

function invocation({ path = pathOf(echo), headers = [SIGNED], body = '{"a":1}' }: Parts = {}): string {
  const lines = [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers, `Content-Length: ${body.length}`];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

function pathOf(name: string): string {
  return `/2015-03-31/functions/${name}/invocations`;
}

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** An answer without what differs from one to the next. */
function comparable({ status, headers, body }: RawAnswer) {
  const known = Object.entries(headers).map(([name, value]) => {
    const varies = name === 'date' || name === 'x-amz-log-result';
    return [name, varies ? 'varies' : value.replace(ID, 'id')];
  });
  return { status, headers: Object.fromEntries(known), body: body.replace(ID, 'id') };
}

describe('an Invoke is answered alike by Node’s server and beside it', () => {
  test.each<[string, Parts | (() => Parts), number]>([
    ['that succeeds', {}, 200],
    ['without a payload', { body: '' }, 200],
    ['of a function that fails', () => ({ path: pathOf(fails) }), 200],
    ['that asks for the log', { headers: [SIGNED, 'X-Amz-Log-Type: Tail'] }, 200],
    ['that says it is synchronous', { headers: [SIGNED, 'X-Amz-Invocation-Type: RequestResponse'] }, 200],
    ['of a type that there is not', { headers: [SIGNED, 'X-Amz-Invocation-Type: Now'] }, 400],
    ['of a function that there is not', { path: pathOf('missing') }, 404],
    ['of a function in another region', { headers: [SIGNED.replace('us-east-1', 'eu-west-1')] }, 404],
    ['whose payload is no JSON', { body: '{' }, 400],
    ['whose payload is no UTF-8', { body: '"\xff"' }, 400],
    ['whose session is not one of ours', { headers: [SIGNED, 'X-Amz-Security-Token: token'] }, 200],
    ['whose signature can’t be read', { headers: [SIGNED.replace('20260101', 'today')] }, 400],
    ['that is signed for another service', { headers: [SIGNED.replace('lambda', 's3')] }, 501],
    ['that is not signed', { headers: [] }, 404],
    ['with two hosts', { headers: [SIGNED, 'Host: evil.example'] }, 200],
    ['with a trace', { headers: [SIGNED, 'X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793'] }, 200],
  ])('one %s', async (_name, parts, status) => {
    const given = typeof parts === 'function' ? parts() : parts;
    const quick = await rawRequest(daemon.url, invocation(given));
    const headers = [...(given.headers ?? [SIGNED]), BY_NODE];
    const usual = await rawRequest(daemon.url, invocation({ ...given, headers }));
    expect(usual.status).toBe(status);
    expect(comparable(quick)).toEqual(comparable(usual));
  });
});

test('who may not call is told before the body has come', async () => {
  const refused = invocation({ headers: [SIGNED.replace('lambda', 'unknown')], body: 'x'.repeat(10) });
  expect(await rawRequest(daemon.url, refused.slice(0, -5))).toMatchObject({ status: 501 });
});

test('names of hosts that are not ours are refused', async () => {
  const answer = await rawRequest(daemon.url, invocation().replace('Host: localhost', 'Host: evil.example'));
  expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('unknown host') });
});

test('the host of a function’s URL leads to that, whatever the path is', async () => {
  const host = `Host: ${'a'.repeat(32)}.lambda-url.us-east-1.localhost`;
  const answer = await rawRequest(daemon.url, invocation().replace('Host: localhost', host));
  expect(answer).toMatchObject({ status: 404, body: '{"Message":null}' });
});

test('one connection carries plain requests and any others, in any order', async () => {
  using connection = new RawConnection(daemon.url);
  const health = 'GET /_lambdock/health HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const list = `GET /2015-03-31/functions/ HTTP/1.1\r\nHost: localhost\r\n${SIGNED}\r\n\r\n`;
  for (const request of [invocation(), invocation(), list, invocation(), health, invocation()]) {
    expect((await connection.send(request).answer()).status).toBe(200);
  }
});

test('requests that do not wait for answers get them in order', async () => {
  using connection = new RawConnection(daemon.url);
  connection.send([1, 2, 3, 4].map((n) => invocation({ body: String(n) })).join(''));
  for (const n of [1, 2, 3, 4]) expect((await connection.answer()).body).toBe(String(n));
});

test.each<[string, string[], (body: string) => string | Buffer]>([
  [
    'in chunks',
    ['Transfer-Encoding: chunked'],
    (body) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
  ['compressed', ['Content-Encoding: gzip'], (body) => gzipSync(body)],
  ['after a 100', ['Expect: 100-continue'], (body) => body],
])('a body %s is understood', async (_name, headers, encode) => {
  const body = encode('{"b":2}');
  const length = headers[0]!.startsWith('Transfer') ? [] : [`Content-Length: ${body.length}`];
  const head = [`POST ${pathOf(echo)} HTTP/1.1`, 'Host: localhost', SIGNED, ...headers, ...length];
  const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  expect(await rawRequest(daemon.url, request)).toMatchObject({ status: 200, body: '{"b":2}' });
});

test('a body larger than what is read at once comes through whole', async () => {
  for (const size of [100_000, 1_000_000]) {
    const body = JSON.stringify('x'.repeat(size));
    expect((await rawRequest(daemon.url, invocation({ body }))).body).toBe(body);
  }
});

test.each([
  ['a length of two minds', invocation({ headers: [SIGNED, 'Content-Length: 3'] })],
  ['a length and chunks', invocation({ headers: [SIGNED, 'Transfer-Encoding: chunked'] })],
  ['a bare line feed in its head', invocation({ headers: [`${SIGNED}\nTransfer-Encoding: chunked`] })],
  ['a control character in its head', invocation({ headers: [SIGNED, 'A: \x01'] })],
  ['no host', invocation().replace('Host: localhost\r\n', '')],
])('a request with %s is refused, and nothing behind it is read', async (_name, request) => {
  using connection = new RawConnection(daemon.url);
  const answer = await connection.send(`${request}${invocation({ body: '"smuggled"' })}`).answer();
  expect(answer.status).toBe(400);
  await connection.closed;
  expect(connection.received).not.toContain('smuggled');
});

test('a client that goes away while its function starts is no fault of the daemon’s', async () => {
  const name = await lambda.create({ 'index.js': 'exports.handler = async () => 1;' });
  const request = invocation({ path: pathOf(name) });
  const connections = Array.from({ length: 20 }, () => new RawConnection(daemon.url).send(request));
  for (const connection of connections) connection.socket.end();
  await Promise.all(connections.map(({ closed }) => closed));
  expect(await rawRequest(daemon.url, request)).toMatchObject({ status: 200, body: '1' });
  expect(daemon.output()).not.toContain('internal error');
});

test('a daemon that is stopped answers what is under way, and does not wait for idle connections', async () => {
  await using other = await startDaemon();
  const [begun, goOn] = ['begun', 'go-on'].map((name) => join(other.dataDir, name)) as [string, string];
  const name = await new TestLambda(other).create({
    'index.js': `const { existsSync, writeFileSync } = require('node:fs');
exports.handler = async (wait) => {
  if (wait !== true) return 'at once';
  writeFileSync(${JSON.stringify(begun)}, '');
  while (!existsSync(${JSON.stringify(goOn)})) await new Promise((resolve) => setTimeout(resolve, 5));
  return 'late';
};`,
  });
  using idle = new RawConnection(other.url);
  expect((await idle.send(invocation({ path: pathOf(name) })).answer()).body).toBe('"at once"');
  using busy = new RawConnection(other.url);
  busy.send(invocation({ path: pathOf(name), body: 'true' }));
  await expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true);
  const stopped = other.stop();
  await idle.closed;
  writeFileSync(goOn, '');
  expect(await busy.answer()).toMatchObject({
    status: 200,
    body: '"late"',
    headers: { connection: 'close' },
  });
  expect(await stopped).toBe(0);
});
