import type { Clock, ClockTimer, Milliseconds } from './clock.ts';

/** What the real, scaled and manual clocks share: periods and sleeping are made of `after`. */
export abstract class BaseClock implements Clock {
  abstract now(): Milliseconds;
  abstract after(delay: Milliseconds, callback: () => void): ClockTimer;

  monotonic(): Milliseconds {
    return performance.now();
  }

  every(period: Milliseconds, callback: () => void): ClockTimer {
    let timer = this.after(period, tick);
    const self = this;
    function tick() {
      timer = self.after(period, tick);
      callback();
    }
    return { cancel: () => timer.cancel() };
  }

  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason);
      };
      const timer = this.after(delay, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
