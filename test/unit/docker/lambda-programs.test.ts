import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { exitOf, startFailure } from '../../../src/workloads/docker/lambda/exit-status.ts';
import { ProgramOutput } from '../../../src/workloads/docker/lambda/program-output.ts';

describe('the status of a container', () => {
  it('tells signals from what programs exit with themselves', () => {
    expect(exitOf(0)).toEqual({ code: 0, signal: null });
    expect(exitOf(137)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(exitOf(139)).toEqual({ code: null, signal: 'SIGSEGV' });
    expect(exitOf(129)).toEqual({ code: 129, signal: null });
  });

  it('says in Go’s words why a program could not be started', () => {
    const line = '[FATAL tini (7)] exec /var/task/bootstrap failed: Permission denied\n';
    expect(startFailure(126, line)?.message).toBe('fork/exec /var/task/bootstrap: permission denied');
    expect(startFailure(1, line)).toBeUndefined();
    expect(startFailure(127, 'sh: not found\n')).toBeUndefined();
  });
});

const STDOUT = 1;
const STDERR = 2;

/** As the engine multiplexes streams. */
function chunk(stream: number, content: Buffer | string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(Buffer.byteLength(content), 4);
  return Buffer.concat([head, Buffer.from(content)]);
}

function frame(text: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0xa55a0003, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  head.writeBigInt64BE(1_700_000_000_000_000n, 8);
  return Buffer.concat([head, Buffer.from(text)]);
}

describe('the output of a program in a container', () => {
  it('is lines of both streams, and frames among those of the first', async () => {
    const told: unknown[] = [];
    const output = new ProgramOutput(true, new ManualClock(), (...one) => told.push(one));
    const stream = new PassThrough();
    const read = output.follow(stream);
    stream.write(chunk(STDOUT, 'pri'));
    stream.write(chunk(STDERR, 'warned\n'));
    stream.write(chunk(STDOUT, 'nted ü\n'));
    stream.write(chunk(STDOUT, frame('two\nlines\n')));
    stream.end(chunk(STDERR, '[FATAL tini (7)] exec /x failed: No such file or directory\n'));
    await read;
    output.end();
    expect(told).toEqual([
      ['warned\n', undefined],
      ['printed ü\n', undefined],
      ['two\nlines\n', 1_700_000_000_000],
    ]);
    expect(output.startFailure).toContain('exec /x failed');
  });

  it('has come when nothing more has for a while, and does not wait for ever', async () => {
    const clock = new ManualClock();
    const output = new ProgramOutput(false, clock, () => {});
    const stream = new PassThrough();
    void output.follow(stream);
    let drained = false;
    void output.drain(3).then(() => (drained = true));
    for (let round = 0; round < 10; round++) {
      stream.write(chunk(STDOUT, 'still\n'));
      await new Promise(setImmediate);
      await clock.advance(3);
      expect(drained).toBe(false);
    }
    await clock.advance(3);
    expect(drained).toBe(true);
  });
});
