import { describe, expect, it } from 'vitest';
import { OutputReader } from '../../../../src/execution/environments/output-reader.ts';

const LONGEST = 1024 * 1024;

function frame(message: string, time = 5, type = 0xa55a0003): Buffer {
  const text = Buffer.from(message);
  const head = Buffer.alloc(16);
  head.writeUInt32BE(type, 0);
  head.writeUInt32BE(text.length, 4);
  head.writeBigInt64BE(BigInt(time) * 1000n, 8);
  return Buffer.concat([head, text]);
}

/** What is told of these bytes, pushed in parts of `size`. */
function read(bytes: Buffer, { size = bytes.length, frames = true, end = true } = {}) {
  const told: [string, number?][] = [];
  const reader = new OutputReader(frames, (message, time) =>
    told.push(time === undefined ? [message] : [message, time]),
  );
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  if (end) reader.end();
  return told;
}

describe('what a program writes', () => {
  const mixed = Buffer.concat([
    Buffer.from('¥ out\nhalf '),
    frame('one\ntwo¥\n', 7),
    frame('', 8, 0xa55a001b),
    Buffer.from('line ¥\r\n'),
    frame('{"a":1}', 9, 0xa55a000e),
    Buffer.from('¥'),
  ]);

  it.each([1, 2, 3, 5, 16, 17, 1000])('is told in order when it comes in parts of %i bytes', (size) => {
    expect(read(mixed, { size })).toEqual([
      ['¥ out\n'],
      ['one\ntwo¥\n', 7],
      ['', 8],
      ['half line ¥\n'],
      ['{"a":1}', 9],
      ['¥\n'],
    ]);
  });

  it('is text where the program writes no frames', () => {
    expect(read(frame('x\n'), { frames: false })).toHaveLength(1);
    expect(read(frame('x\n'), { frames: false })[0]).toHaveLength(1);
  });

  it.each([
    ['another type', [0xa5, 0x5a, 0, 0x80]],
    ['a type without a form', [0xa5, 0x5a, 0, 0x0c]],
    ['a length that no message has', [0xa5, 0x5a, 0, 3, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['the beginning of a frame alone', [0xa5, 0x5a, 0]],
  ])('is text with %s', (_what, bytes) => {
    const text = Buffer.concat([Buffer.from('a'), Buffer.from(bytes), Buffer.from(' b\n')]);
    expect(read(text, { size: 1 })).toEqual([[text.toString()]]);
  });

  it('is cut where a message is longer than anyone takes', () => {
    const bytes = Buffer.concat([frame('x'.repeat(LONGEST + 70_000)), Buffer.from('next\n')]);
    const [long, next, ...more] = read(bytes, { size: 65_536 });
    expect(long![0]).toBe('x'.repeat(LONGEST));
    expect([next, more]).toEqual([['next\n'], []]);
  });

  it('is told as far as it came of a message whose writer was killed', () => {
    expect(read(frame('half a message').subarray(0, 20))).toEqual([['half', 5]]);
  });

  it('is told in whole letters when a line is to be told before its end', () => {
    const told: string[] = [];
    const reader = new OutputReader(true, (message) => told.push(message));
    const letter = Buffer.from('¥');
    reader.push(Buffer.from('one'));
    reader.push(letter);
    reader.flush();
    reader.push(Buffer.from('two\n'));
    expect(told).toEqual(['one¥\n', 'two\n']);
  });
});
