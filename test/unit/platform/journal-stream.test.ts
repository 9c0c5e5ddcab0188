import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serveApi } from './support.ts';

const A = 'a'.repeat(24);
const B = 'b'.repeat(24);

/** A daemon's journal with a few entries, and streams of it. */
async function withEntries() {
  const api = await serveApi();
  const { journal, url } = api;
  const request = (id: string, path: string) =>
    journal.record({ type: 'invocation', id, method: 'GET', path, status: 200, durationMs: 1 });
  const notice = (message: string) => journal.record({ type: 'notice', message });
  request(A, '/a1');
  request(B, '/b1');
  notice('n1');
  request(A, '/a2');
  journal.record({ type: 'function.created', id: A, title: 'a3' });
  const open = async (query: string, headers: Record<string, string> = {}) => {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const response = await fetch(`${url}/_lambdock/journal${query}`, { headers, signal: abort.signal });
    let text = '';
    const ended = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    })().catch(() => {});
    const seen = () =>
      [...text.matchAll(/"(?:path":"\/|message":"|title":")(\w+)"/g)].map((match) => match[1]).join(' ');
    return { response, ended, seen, text: () => text };
  };
  const read = async (query: string, headers = {}) => {
    const stream = await open(query, headers);
    await stream.ended;
    return stream.seen();
  };
  return { ...api, request, notice, open, read };
}

test('without following, the answer ends with the last entry there is', async () => {
  const { read } = await withEntries();
  expect(await read('?follow=false')).toBe('a1 b1 n1 a2 a3');
});

test('a function, types, a number and the newest can be asked for, and all at once', async () => {
  const { read, journal } = await withEntries();
  expect(await read(`?follow=false&id=${A}`)).toBe('a1 a2 a3');
  expect(await read('?follow=false&types=invocation')).toBe('a1 b1 a2');
  expect(await read('?follow=false&types=invocation,notice&except=notice')).toBe('a1 b1 a2');
  expect(await read('?follow=false&tail=2')).toBe('a2 a3');
  expect(await read('?follow=false&tail=0')).toBe('');
  expect(await read(`?follow=false&tail=1&id=${B}`)).toBe('b1');
  expect(await read(`?follow=false&tail=1&id=${A}&types=invocation`)).toBe('a2');
  const third = journal.since(0)[2]!.seq;
  expect(await read(`?follow=false&since=${third}`)).toBe('a2 a3');
  expect(await read(`?follow=false&since=${third}&tail=1`)).toBe('a3');
  expect(await read('?follow=false', { 'last-event-id': String(third) })).toBe('a2 a3');
  expect(await read(`?follow=false&since=${Number.MAX_SAFE_INTEGER}`)).toBe('');
});

test('the newest come first, then what is recorded, filtered alike', async () => {
  const { open, request, notice } = await withEntries();
  const stream = await open(`?tail=1&id=${A}&except=function.created`);
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await expect.poll(stream.seen).toBe('a2');
  request(B, '/b4');
  notice('n4');
  request(A, '/a4');
  await expect.poll(stream.seen).toBe('a2 a4');
  expect(stream.text()).toMatch(/^id: 4\ndata: \{"seq":4,/);
});

test('what can’t be meant is refused, and says what can', async () => {
  const { call } = await withEntries();
  for (const [query, message] of [
    ['tail=-1', 'tail must be a whole number from 0 to 5000'],
    ['tail=5001', 'tail must be a whole number from 0 to 5000'],
    ['tail=1&tail=2', 'tail must be a whole number from 0 to 5000'],
    ['since=x', 'since must be a whole number from 0 to 9007199254740991'],
    ['follow=maybe', 'follow must be true or false'],
    ['id=abc', 'id must be 24 lower-case hexadecimal characters'],
    ['types=invocations', 'types must be a comma-separated list of daemon.started, '],
    ['except=notice,x', 'except must be a comma-separated list of daemon.started, '],
  ])
    expect([query, await call('GET', `/_lambdock/journal?${query}`)]).toMatchObject([
      query,
      { status: 400, body: { error: expect.stringContaining(message!) } },
    ]);
  expect(await call('POST', '/_lambdock/journal')).toMatchObject({ status: 405 });
});

test('HEAD is answered, and ends', async () => {
  const { url } = await withEntries();
  const head = await fetch(`${url}/_lambdock/journal`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('a client that is slow to take what there is gets all of it, in order', async () => {
  const { port, notice, request } = await withEntries();
  const long = 'x'.repeat(1_000);
  for (let i = 0; i < 4_000; i++) notice(`${i} ${long}`);
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write('GET /_lambdock/journal?types=notice,invocation HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  request(A, '/afterwards');
  let text = first.toString();
  socket.on('data', (data) => (text += data)).resume();
  await expect.poll(() => text).toContain('/afterwards');
  const numbers = [...text.matchAll(/"message":"(\d+) x/g)].map((match) => Number(match[1]));
  expect(numbers).toEqual(Array.from({ length: 4_000 }, (_, index) => index));
  expect(text).not.toContain('event: dropped');
});

test('a number that no request has, or has any more, is a 404 that says why', async () => {
  const { call } = await withEntries();
  expect(await call('GET', '/_lambdock/exchanges/1')).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('nothing is kept of request 1') },
  });
  for (const seq of ['x', '0', '-1', '1.5'])
    expect(await call('GET', `/_lambdock/exchanges/${seq}`)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^seq must be a whole number/) },
    });
  expect(await call('GET', '/_lambdock/exchanges')).toMatchObject({ status: 404 });
});
