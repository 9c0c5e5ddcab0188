import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import type { FunctionVersion } from '../function-host.ts';

const POOL_BYTES = 4_800;
const BYTES_EACH = 24;

/** Makes trace headers. Randomness is drawn for many at a time: the call costs more than the bytes. */
export class TraceIds {
  readonly #clock: Clock;
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The trace header that a function gets: the caller's, with what is missing made up. It always has a root and a parent.
   * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
   */
  next(header: string | undefined, tracing: FunctionVersion['tracing']): string {
    const random = this.#random();
    const parent = `Parent=${random.slice(24, 40)}`;
    const sampled = `Sampled=${tracing === 'Active' ? 1 : 0}`;
    const lineage = `Lineage=1:${random.slice(40, 48)}:0`;
    const parts = (header ?? '').split(';').filter((part) => part.trim() !== '');
    const has = (name: string) => parts.some((part) => part.trim().startsWith(`${name}=`));
    if (!has('Root')) {
      const seconds = Math.floor(this.#clock.now() / 1000)
        .toString(16)
        .padStart(8, '0');
      return `Root=1-${seconds}-${random.slice(0, 24)};${parent};${sampled};${lineage}`;
    }
    if (!has('Parent')) parts.push(parent);
    if (!has('Sampled')) parts.push(sampled);
    if (!has('Lineage')) parts.push(lineage);
    return parts.join(';');
  }

  #random(): string {
    if (this.#used >= POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const end = this.#used + BYTES_EACH;
    const text = this.#pool.toString('hex', this.#used, end);
    this.#used = end;
    return text;
  }
}
