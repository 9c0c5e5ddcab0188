import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, LineAssembler, type LogFrame } from '../../../src/workloads/docker/frames.ts';
import type { LogLine } from '../../../src/workloads/workload.ts';
import { frame } from './log-frames.ts';

const TIME = '2026-01-31T12:00:00.123456789Z';

function read(chunks: readonly Buffer[], options?: { times?: boolean }): LogFrame[] {
  const frames: LogFrame[] = [];
  const reader = new FrameReader((one) => frames.push(one), options);
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

/** Lines that come of messages, each given as bytes. */
function assemble(messages: readonly [LogLine['stream'], Buffer | string][], flush = false): LogLine[] {
  const lines: LogLine[] = [];
  const assembler = new LineAssembler((line) => lines.push(line));
  for (const [stream, text] of messages)
    assembler.push({ stream, time: TIME, text: Buffer.from(text as string).toString('latin1') });
  if (flush) assembler.flush();
  return lines;
}

test('frames are told apart by stream and time, wherever the connection cuts them', () => {
  const whole = Buffer.concat([
    frame('stdout', 'one\n', TIME),
    frame('stderr', 'two words\n', TIME),
    frame('stdout', '\n', TIME),
  ]);
  const expected = [
    { stream: 'stdout', time: TIME, text: 'one\n' },
    { stream: 'stderr', time: TIME, text: 'two words\n' },
    { stream: 'stdout', time: TIME, text: '\n' },
  ];
  expect(read([whole])).toEqual(expected);
  expect(read(Array.from(whole, (byte) => Buffer.from([byte])))).toEqual(expected);
  for (let cut = 1; cut < whole.length; cut++)
    expect(read([whole.subarray(0, cut), whole.subarray(cut)])).toEqual(expected);
});

test('frames without times keep their first word', () => {
  expect(read([frame('stdout', 'two words\n')], { times: false })).toEqual([
    { stream: 'stdout', time: '', text: 'two words\n' },
  ]);
});

test('a line that Docker keeps in parts is put together, and each stream for itself', () => {
  expect(
    assemble([
      ['stdout', 'beginning, '],
      ['stderr', 'between\n'],
      ['stdout', 'middle, '],
      ['stdout', 'end\n'],
    ]),
  ).toEqual([
    { stream: 'stderr', text: 'between' },
    { stream: 'stdout', text: 'beginning, middle, end' },
  ]);
});

test('a character that is cut between parts of a line comes whole', () => {
  const bytes = Buffer.from('grüße 😀\n');
  for (let cut = 1; cut < bytes.length; cut++)
    expect(
      assemble([
        ['stdout', bytes.subarray(0, cut)],
        ['stdout', bytes.subarray(cut)],
      ]),
    ).toEqual([{ stream: 'stdout', text: 'grüße 😀' }]);
});

test('both ends of a line are taken off, an empty line is a line, and what lacks an end comes at last', () => {
  const messages: [LogLine['stream'], string][] = [
    ['stdout', 'windows\r\n'],
    ['stdout', '\n'],
    ['stdout', 'no end'],
  ];
  expect(assemble(messages).map(({ text }) => text)).toEqual(['windows', '']);
  expect(assemble(messages, true).map(({ text }) => text)).toEqual(['windows', '', 'no end']);
});

test('output without an end of line is cut at 64 kB instead of filling the memory', () => {
  const parts = Array.from({ length: 20 }, (): ['stdout', string] => ['stdout', 'x'.repeat(16_384)]);
  const lines = assemble(parts);
  expect(lines.map(({ text }) => text.length)).toEqual([65_536, 65_536, 65_536, 65_536]);
});

test('whatever is written comes complete, cut only between characters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat(3)), { maxLength: 5 }),
      fc.integer({ min: 1, max: 40_000 }),
      (pieces, size) => {
        const text = pieces
          .map(([piece, times]) => piece.repeat(times * 4_000))
          .join('')
          .replace(/[\r\n]/g, ' ');
        const bytes = Buffer.from(`${text}\n`);
        const messages: ['stdout', Buffer][] = [];
        for (let at = 0; at < bytes.length; at += size)
          messages.push(['stdout', bytes.subarray(at, at + size)]);
        expect(
          assemble(messages)
            .map((line) => line.text)
            .join(''),
        ).toBe(text);
      },
    ),
    { numRuns: 50 },
  );
});
