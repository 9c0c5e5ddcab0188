import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { deferred } from '../../../src/support/deferred.ts';
import { AnswerWatch } from '../../../src/workloads/docker/engine/answer-watch.ts';
import { EngineSilent } from '../../../src/workloads/docker/engine/ask-engine.ts';

const SILENT = new EngineSilent('no answer within 5 s');
const SECOND = 1_000;

/** An engine that answers a sign of life as a test says, with calls that a test ends. */
function engine() {
  const clock = new ManualClock();
  const asked: { answer(): void; fail(error: Error): void }[] = [];
  const watch = new AnswerWatch({
    clock,
    ask: () => {
      const { promise, resolve, reject } = deferred<void>();
      asked.push({ answer: resolve, fail: reject });
      return promise;
    },
  });
  const call = () => {
    let made = false;
    let end: (error: unknown, result?: unknown) => void = () => {};
    const outcome = new Promise<unknown>((resolve, reject) => {
      watch.watch(
        (done) => {
          made = true;
          end = done;
        },
        (error, result) => (error ? reject(error) : resolve(result)),
      );
    });
    outcome.catch(() => {});
    return { outcome, wasMade: () => made, answer: (result?: unknown) => end(null, result) };
  };
  const newest = () => asked.at(-1)!;
  const silence = async () => {
    newest().fail(SILENT);
    await clock.advance(0);
  };
  return { clock, asked, watch, call, newest, silence };
}

describe('an engine', () => {
  test('that answers in time is asked nothing else', async () => {
    const { clock, asked, call } = engine();
    const { outcome, answer } = call();
    await clock.advance(2.9 * SECOND);
    answer('here');
    expect(await outcome).toBe('here');
    await clock.advance(60 * SECOND);
    expect(asked).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test('that lives may take its time', async () => {
    const { clock, asked, call, newest } = engine();
    const { outcome, answer } = call();
    for (let n = 1; n <= 20; n++) {
      await clock.advance(3 * SECOND);
      expect(asked).toHaveLength(n);
      newest().answer();
    }
    answer('built');
    expect(await outcome).toBe('built');
  });

  test('is asked once however many wait, and not at all after an answer to any of them', async () => {
    const { clock, asked, call, newest } = engine();
    const calls = Array.from({ length: 10 }, call);
    await clock.advance(3 * SECOND);
    expect(asked).toHaveLength(1);
    newest().answer();
    await clock.advance(1 * SECOND);
    calls[0]!.answer('one');
    await clock.advance(2 * SECOND);
    expect(asked).toHaveLength(1);
  });

  test('that gives no sign of life fails who waits, breaks streams, and lets nobody else wait', async () => {
    const { clock, call, silence } = engine();
    const stream = new PassThrough();
    const broken = new Promise((resolve) => stream.once('error', resolve));
    const [open, waiting] = [call(), call()];
    open.answer(stream);
    expect(await open.outcome).toBe(stream);
    await clock.advance(6 * SECOND);
    await silence();
    await expect(waiting.outcome).rejects.toBe(SILENT);
    expect(await broken).toBe(SILENT);
    const late = call();
    await expect(late.outcome).rejects.toBe(SILENT);
    expect(late.wasMade()).toBe(false);
  });

  test('that answers again is called again, once it is done with what was given up', async () => {
    const { clock, asked, call, newest, silence } = engine();
    const given = call();
    await clock.advance(3 * SECOND);
    await silence();
    expect(asked).toHaveLength(2); // at once again, until there is a sign
    await silence();
    expect(asked).toHaveLength(3);
    newest().answer();
    await clock.advance(SECOND);
    await expect(call().outcome).rejects.toBe(SILENT);
    const late = new PassThrough();
    given.answer(late);
    await clock.advance(0);
    expect(late.destroyed).toBe(true); // nobody reads it any more
    const next = call();
    next.answer('back');
    expect(await next.outcome).toBe('back');
  });

  test('that never gets done with what was given up is called again after a while', async () => {
    const { clock, call, newest, silence } = engine();
    call();
    await clock.advance(3 * SECOND);
    await silence();
    newest().answer();
    await clock.advance(2 * SECOND);
    expect(call().wasMade()).toBe(true);
  });

  test('that is gone is left to its connections, which break by themselves', async () => {
    const { clock, call, newest } = engine();
    const waiting = call();
    await clock.advance(3 * SECOND);
    newest().fail(Object.assign(new Error('gone'), { code: 'ENOENT' }));
    await clock.advance(0);
    expect(call().wasMade()).toBe(true);
    waiting.answer('it was not');
    expect(await waiting.outcome).toBe('it was not');
  });

  test('that is let go of is asked no more', async () => {
    const { clock, asked, watch, call, silence } = engine();
    call();
    await clock.advance(3 * SECOND);
    watch[Symbol.dispose]();
    await silence();
    await clock.advance(60 * SECOND);
    expect(asked).toHaveLength(1);
  });
});
