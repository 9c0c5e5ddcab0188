import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { NODE, serveApi } from './support.ts';

/** Creates a function whose log can be written to, and opens streams of it. */
async function withLogs() {
  const api = await serveApi();
  const id = (await api.call('POST', '/lambda', NODE)).body as string;
  const buffer = api.deployments.buffers.get(id)!;
  const write = (...lines: string[]) => {
    for (const text of lines) buffer.append('w1', { stream: 'stdout', text });
  };
  const open = async (query = '', headers: Record<string, string> = {}) => {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const response = await fetch(`${api.url}/lambda/${id}/logs${query}`, { headers, signal: abort.signal });
    let text = '';
    const ended = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    })().catch(() => {});
    const lines = () => [...text.matchAll(/"text":"([^"]*)"/g)].map((match) => match[1]);
    return { response, ended, abort, lines, text: () => text };
  };
  return { ...api, id, buffer, write, open };
}

test('lines that are there come first, then new ones as they are written', async () => {
  const { write, open } = await withLogs();
  write('one', 'two');
  const stream = await open();
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await expect.poll(stream.lines).toEqual(['one', 'two']);
  write('three');
  await expect.poll(stream.lines).toEqual(['one', 'two', 'three']);
  expect(stream.text()).toContain('id: 3\ndata: {"seq":3,');
});

test('tail, since and the last seen event choose where to begin', async () => {
  const { write, open } = await withLogs();
  write('one', 'two', 'three', 'four');
  const lines = async (query: string, headers = {}) => {
    const stream = await open(`?follow=false${query}`, headers);
    await stream.ended;
    return stream.lines().join(' ');
  };
  expect(await lines('')).toBe('one two three four');
  expect(await lines('&tail=2')).toBe('three four');
  expect(await lines('&tail=0')).toBe('');
  expect(await lines('&since=3')).toBe('four');
  expect(await lines('&since=1&tail=1')).toBe('four');
  expect(await lines(`&since=${Number.MAX_SAFE_INTEGER}`)).toBe('');
  expect(await lines('', { 'last-event-id': '2' })).toBe('three four');
  expect(await lines('', { 'last-event-id': '900' })).toBe('one two three four');
  expect(await lines('', { 'last-event-id': 'x' })).toBe('one two three four');
});

test('from now on means only new lines', async () => {
  const { write, open } = await withLogs();
  write('old');
  const stream = await open(`?since=${Number.MAX_SAFE_INTEGER}`);
  write('new');
  await expect.poll(stream.lines).toEqual(['new']);
});

test('wrong queries are refused', async () => {
  const { call, id } = await withLogs();
  for (const query of ['since=x', 'tail=-1', 'tail=5001', 'follow=maybe'])
    expect(await call('GET', `/lambda/${id}/logs?${query}`)).toMatchObject({ status: 400 });
});

test('a quiet stream is kept alive, and a client that leaves leaves no timer', async () => {
  const { open, clock } = await withLogs();
  const stream = await open();
  expect(clock.pending).toBe(1);
  await clock.advance(15_000);
  await expect.poll(stream.text).toBe(':\n\n');
  stream.abort.abort();
  await expect.poll(() => clock.pending).toBe(0);
});

test('the stream ends with its function', async () => {
  const { open, call, id } = await withLogs();
  const stream = await open();
  await call('DELETE', `/lambda?id=${id}`);
  await stream.ended;
});

test('a client that reads slowly gets every line that is still there, and the number of the others', async () => {
  const { port, id, write, buffer } = await withLogs();
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write(`GET /lambda/${id}/logs HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  write('first');
  await expect.poll(() => socket.bytesWritten > 0 && buffer.read().length).toBe(1);
  const filler = 'x'.repeat(1_000);
  for (let line = 0; line < 30_000; line++) {
    write(filler);
    if (line % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  write('last');
  let text = '';
  socket.on('data', (data) => (text += data)).resume();
  await expect.poll(() => text.includes('"text":"last"')).toBe(true);
  const received = [...text.matchAll(/"seq":(\d+)/g)].length;
  const dropped = [...text.matchAll(/event: dropped\ndata: \{"dropped":(\d+)\}/g)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
  expect(dropped).toBeGreaterThan(0);
  expect(received + dropped).toBe(30_002);
});
