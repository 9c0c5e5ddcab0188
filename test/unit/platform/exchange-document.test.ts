import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { LogBuffer } from '../../../src/execution/log-buffer.ts';
import { describeExchange } from '../../../src/platform/exchange-document.ts';
import { Exchanges } from '../../../src/platform/exchanges.ts';
import { MOST_BODY_BYTES } from '../../../src/platform/recording.ts';

const TIME = '2026-01-01T00:00:00.000Z';

interface Sent {
  headers?: string[];
  body?: Buffer | string;
  answerHeaders?: string[];
  answer?: Buffer | string;
}

/** What is told of an exchange with a daemon whose token is "sesame". */
function told({ headers = [], body = '', answerHeaders = [], answer = '' }: Sent) {
  const exchanges = new Exchanges();
  const req = { method: 'POST', rawHeaders: headers } as unknown as IncomingMessage;
  const recording = exchanges.begin({ id: 'a', req, path: '/p?q=1', lastLogLine: 0 });
  recording.onRequestBody(Buffer.from(body));
  recording.onResponseHead(answerHeaders);
  recording.onResponseBody(Buffer.from(answer));
  const entry = {
    ...{ type: 'invocation' as const, seq: 7, id: 'a', time: TIME, method: 'POST', path: '/p' },
    ...{ status: 201, durationMs: 1.5 },
  };
  exchanges.add({ recording, entry, endedAt: 0, bodyUnread: false });
  return describeExchange(exchanges.find(7)!, { exchanges, logs: undefined, token: 'sesame' });
}

test('request and answer are told with headers as they were sent, and text as text', () => {
  const sent = {
    headers: ['Host', 'x', 'X-Two', '1', 'x-two', '2'],
    body: '{"a":"ü"}',
    answerHeaders: ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
    answer: 'Größe',
  };
  const plain = { bodyEncoding: 'utf8', truncated: false };
  expect(told(sent)).toEqual({
    ...{ seq: 7, id: 'a', time: TIME, durationMs: 1.5, logs: [] },
    request: {
      ...{ method: 'POST', path: '/p?q=1', body: '{"a":"ü"}', bodyBytes: 10, ...plain },
      headers: [
        ['Host', 'x'],
        ['X-Two', '1'],
        ['x-two', '2'],
      ],
    },
    response: {
      ...{ status: 201, body: 'Größe', bodyBytes: 7, ...plain },
      headers: [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    },
  });
});

test('what is no text, or compressed, comes as base64 of the very bytes', () => {
  const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]);
  expect(told({ answer: bytes }).response).toMatchObject({
    body: bytes.toString('base64'),
    bodyEncoding: 'base64',
    bodyBytes: 5,
  });
  const zipped = gzipSync('hello');
  expect(told({ answer: zipped, answerHeaders: ['Content-Encoding', 'gzip'] }).response).toMatchObject({
    body: zipped.toString('base64'),
    bodyEncoding: 'base64',
  });
  expect(told({ body: 'compressed?', headers: ['content-encoding', 'br'] }).request).toMatchObject({
    bodyEncoding: 'base64',
  });
  expect(told({ answer: 'x', answerHeaders: ['content-encoding', 'identity'] }).response.body).toBe('x');
  expect(told({ answer: '\ufeffmarked' }).response.body).toBe('\ufeffmarked');
});

test('a text that is cut within a character stays text', () => {
  const { response } = told({ answer: `${'x'.repeat(MOST_BODY_BYTES - 1)}üben` });
  expect(response).toMatchObject({ truncated: true, bodyEncoding: 'utf8', bodyBytes: MOST_BODY_BYTES + 4 });
  expect(response.body).toBe('x'.repeat(MOST_BODY_BYTES - 1));
});

test('the daemon’s own token is in no header that is told', () => {
  const { request, response } = told({
    headers: ['Authorization', 'Bearer sesame', 'Cookie', 'a=b; t=sesame'],
    answerHeaders: ['X-Echo', 'Bearer sesame', 'X-Other', 'kept'],
  });
  expect(request.headers).toEqual([
    ['Authorization', 'Bearer [token]'],
    ['Cookie', 'a=b; t=[token]'],
  ]);
  expect(response.headers).toEqual([
    ['X-Echo', 'Bearer [token]'],
    ['X-Other', 'kept'],
  ]);
});

test('lines of the log are those from the beginning to a moment after the end, or to the next request', async () => {
  const clock = new ManualClock();
  const logs = new LogBuffer(clock);
  const exchanges = new Exchanges();
  const write = (text: string) => logs.append('w', { stream: 'stdout', text });
  let seq = 0;
  const begin = () => {
    const req = { method: 'GET', rawHeaders: [] } as unknown as IncomingMessage;
    return exchanges.begin({ id: 'a', req, path: '/', lastLogLine: logs.newest });
  };
  const end = (recording: ReturnType<typeof begin>, durationMs: number) => {
    const entry = { type: 'invocation', seq: ++seq, id: 'a', durationMs } as never;
    exchanges.add({ recording, entry, endedAt: clock.now(), bodyUnread: false });
  };
  const lines = (number: number) =>
    describeExchange(exchanges.find(number)!, { exchanges, logs, token: undefined }).logs.map(
      ({ text }) => text,
    );

  write('before');
  const first = begin();
  await clock.advance(10);
  write('of the first');
  end(first, 10);
  await clock.advance(10);
  write('of the first, late');
  expect(lines(1)).toEqual(['of the first', 'of the first, late']);
  const second = begin();
  await clock.advance(10);
  write('of the second');
  end(second, 10);
  await clock.advance(200);
  write('of a timer');
  expect(lines(1)).toEqual(['of the first', 'of the first, late']);
  expect(lines(2)).toEqual(['of the second']);
});
