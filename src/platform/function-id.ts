import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { FunctionId } from '../execution/source.ts';

const COUNTER_END = 2 ** 24;
/** A new second starts its counter in the lower half, so that at least eight million ids follow within it. */
const COUNTER_START_END = 2 ** 23;

/**
 * Makes ids in the layout of a BSON ObjectId: 4 bytes of seconds, 5 bytes that tell processes apart, a 3-byte
 * counter. Each is greater than the one before, also when the clock stands still or is set back.
 */
export class FunctionIds {
  readonly #clock: Clock;
  readonly #process = randomBytes(5).toString('hex');
  #second = -1;
  #counter = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): FunctionId {
    const now = Math.floor(this.#clock.now() / 1000);
    if (now > this.#second) this.#startSecond(now);
    else if (++this.#counter === COUNTER_END) this.#startSecond(this.#second + 1);
    return hex(this.#second, 8) + this.#process + hex(this.#counter, 6);
  }

  #startSecond(second: number): void {
    this.#second = second;
    this.#counter = randomInt(COUNTER_START_END);
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
