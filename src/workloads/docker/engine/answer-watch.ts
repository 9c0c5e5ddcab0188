import type { Clock, ClockTimer, Milliseconds } from '../../../clock/clock.ts';
import { EngineSilent } from './ask-engine.ts';

type Callback = (error: unknown, result?: unknown) => void;

interface Stream {
  destroy(error?: Error): void;
  once(event: 'close', listener: () => void): void;
}

export interface AnswerWatchOptions {
  clock: Clock;
  /** Asks the engine for a sign of life; rejects with EngineSilent when none comes in time. */
  ask(): Promise<unknown>;
}

/** So long a call may go without an answer before there is doubt. Most take milliseconds, a container's start half a second. */
const DOUBT_AFTER: Milliseconds = 3_000;
/** An engine that answers again gets this long to be done with calls that nobody waits for any more. */
const STRAGGLERS_PATIENCE: Milliseconds = 2_000;

/**
 * An engine that hangs keeps its connections open, and those who call it would wait for ever. When a call goes unanswered for a
 * while, the engine is asked whether it lives; one that does may take its time, as builds do. One that does not is taken for
 * gone until it answers: calls fail, new ones at once, and streams break as they do when an engine ends.
 */
export class AnswerWatch implements Disposable {
  readonly #options: AnswerWatchOptions;
  readonly #closing = new AbortController();
  /** Calls without an answer yet, as what fails them. */
  readonly #waiting = new Set<(error: Error) => void>();
  /** Calls that were failed, but that the engine may still act upon. */
  readonly #stragglers = new Set<Promise<void>>();
  readonly #streams = new Set<Stream>();
  #heardAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #silence: Error | undefined;

  constructor(options: AnswerWatchOptions) {
    this.#options = options;
  }

  /** Makes a call, and tells its outcome once. */
  watch(call: (done: Callback) => void, done: Callback): void {
    if (this.#silence) {
      const silence = this.#silence;
      queueMicrotask(() => done(silence));
      return;
    }
    let settle = () => {};
    const timer = this.#doubtLater(() => this.#waiting.has(fail));
    const fail = (error: Error) => {
      timer.cancel();
      const straggler = new Promise<void>((resolve) => {
        settle = resolve;
      });
      this.#stragglers.add(straggler);
      void straggler.then(() => this.#stragglers.delete(straggler));
      done(error);
    };
    this.#waiting.add(fail);
    call((error, result) => {
      timer.cancel();
      if (!this.#waiting.delete(fail)) {
        if (isStream(result)) result.destroy();
        settle();
        return;
      }
      if (!error) this.#heardAt = this.#options.clock.monotonic();
      if (isStream(result)) this.#keep(result);
      done(error, result);
    });
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  /** Asks again and again for as long as there is something to wait for. */
  #doubtLater(isWaiting: () => boolean): ClockTimer {
    const { clock } = this.#options;
    const again = () =>
      clock.after(DOUBT_AFTER, () => {
        void this.#doubt().then(() => {
          if (isWaiting()) timer = again();
        });
      });
    let timer = again();
    return { cancel: () => timer.cancel() };
  }

  /** Resolves when there is no doubt any more, either way. */
  async #doubt(): Promise<void> {
    if (this.#closing.signal.aborted || this.#silence) return;
    if (this.#options.clock.monotonic() - this.#heardAt < DOUBT_AFTER) return;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      await this.#options.ask();
      this.#heardAt = this.#options.clock.monotonic();
    } catch (error) {
      // One that is gone breaks its connections by itself.
      if (error instanceof EngineSilent) void this.#beSilent(error);
    }
  }

  async #beSilent(error: Error): Promise<void> {
    this.#silence = error;
    for (const stream of this.#streams) stream.destroy(error);
    for (const fail of this.#waiting) {
      this.#waiting.delete(fail);
      fail(error);
    }
    await this.#answersAgain();
    // What it still makes for them is to be there for who then looks what there is.
    await Promise.race([
      Promise.all(this.#stragglers),
      this.#options.clock.sleep(STRAGGLERS_PATIENCE, this.#closing.signal).catch(() => {}), // or it is the end
    ]);
    this.#silence = undefined;
  }

  async #answersAgain(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#options.ask();
        return;
      } catch (error) {
        if (!(error instanceof EngineSilent)) return;
      }
    }
  }

  #keep(stream: Stream): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }
}

function isStream(result: unknown): result is Stream {
  return typeof result === 'object' && result !== null && 'destroy' in result && 'once' in result;
}
