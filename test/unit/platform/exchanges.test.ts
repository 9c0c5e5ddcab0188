import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Exchanges, type Invocation } from '../../../src/platform/exchanges.ts';
import { MOST_BODY_BYTES, RecordedBody, type Recording } from '../../../src/platform/recording.ts';

const KB = 1024;

function begin(exchanges: Exchanges, id = 'a', rawHeaders: string[] = []): Recording {
  const req = { method: 'POST', rawHeaders } as unknown as IncomingMessage;
  return exchanges.begin({ id, req, path: '/', lastLogLine: 0 });
}

function end(exchanges: Exchanges, seq: number, recording: Recording): void {
  const entry = { seq, id: recording.id, durationMs: 1 } as Invocation;
  exchanges.add({ recording, entry, endedAt: 0, bodyUnread: false });
}

test('the newest are kept, and found by their number', () => {
  const exchanges = new Exchanges({ capacity: 3 });
  for (let seq = 1; seq <= 20; seq++) {
    const recording = begin(exchanges);
    recording.onResponseBody(`answer ${seq}`);
    end(exchanges, seq, recording);
  }
  expect(
    [16, 17, 18, 19, 20, 21].map((seq) => exchanges.find(seq)?.recording.responseBody.read().toString()),
  ).toEqual([undefined, undefined, 'answer 18', 'answer 19', 'answer 20', undefined]);
});

test('of a body the beginning is kept, and its length counted', () => {
  const budget = new Exchanges();
  const body = new RecordedBody();
  body.add(Buffer.alloc(MOST_BODY_BYTES - 2, 'x'), budget);
  body.add('', budget);
  body.add(Buffer.from([0xff, 0x00, 0x80]), budget);
  body.add('more', budget);
  expect(body.bytes).toBe(MOST_BODY_BYTES + 5);
  expect(body.truncated).toBe(true);
  expect(body.read()).toHaveLength(MOST_BODY_BYTES);
  expect([...body.read().subarray(-3)]).toEqual([0x78, 0xff, 0x00]);
});

test('the bound in bytes holds, whether bodies or headers are large, and the oldest leave for it', () => {
  const mostBytes = 256 * KB;
  const exchanges = new Exchanges({ mostBytes });
  for (let seq = 1; seq <= 50; seq++) {
    const recording = begin(exchanges, 'a', seq % 2 ? ['x-large', 'v'.repeat(30 * KB)] : []);
    recording.onRequestBody(Buffer.alloc(30 * KB));
    recording.onResponseBody('y'.repeat(30 * KB));
    expect(exchanges.bytes).toBeLessThanOrEqual(mostBytes);
    end(exchanges, seq, recording);
    expect(exchanges.bytes).toBeLessThanOrEqual(mostBytes);
  }
  expect([45, 46, 50].map((seq) => exchanges.find(seq) !== undefined)).toEqual([false, false, true]);
  expect(exchanges.find(50)!.recording.responseBody.read()).toHaveLength(30 * KB);
});

test('requests under way share the bound: bodies are cut, never the bytes between them', () => {
  const exchanges = new Exchanges({ mostBytes: 100 * KB });
  const first = begin(exchanges);
  const second = begin(exchanges);
  first.onResponseBody('a'.repeat(60 * KB));
  second.onResponseBody('b'.repeat(60 * KB));
  second.onResponseBody('c');
  expect(second.responseBody.bytes).toBe(60 * KB + 1);
  expect(second.responseBody.read()).toHaveLength(0);
  end(exchanges, 1, first);
  const third = begin(exchanges);
  third.onResponseBody('d'.repeat(60 * KB));
  expect(exchanges.find(1)).toBeUndefined();
  expect(third.responseBody.read()).toHaveLength(60 * KB);
  exchanges.discard(second);
  exchanges.discard(third);
  expect(exchanges.bytes).toBe(0);
});

test('many small parts are counted with what each costs', () => {
  const exchanges = new Exchanges({ mostBytes: 10 * KB });
  const stream = begin(exchanges);
  for (let i = 0; i < 10_000; i++) stream.onResponseBody('x');
  expect(stream.responseBody.read().length).toBeLessThan(400);
  expect(stream.responseBody.bytes).toBe(10_000);
});

test('a function’s are forgotten, and their room is free again', () => {
  const exchanges = new Exchanges({ capacity: 4 });
  for (let seq = 1; seq <= 6; seq++) {
    const recording = begin(exchanges, seq % 2 ? 'odd' : 'even');
    recording.onResponseBody('body');
    end(exchanges, seq, recording);
  }
  exchanges.forget('odd');
  expect([3, 4, 5, 6].map((seq) => exchanges.find(seq)?.entry.seq)).toEqual([undefined, 4, undefined, 6]);
  exchanges.forget('even');
  expect(exchanges.bytes).toBe(0);
  end(exchanges, 7, begin(exchanges));
  expect(exchanges.find(7)).toBeDefined();
});
