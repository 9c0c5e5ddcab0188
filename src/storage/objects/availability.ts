import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import type { ObjectStoreUnavailable } from '../errors.ts';

/** What a store elsewhere can do at present, as `StoreState` of the health. */
export interface Condition {
  state: 'ok' | 'full' | 'unavailable';
  /** What is wrong, for a person. */
  detail?: string;
}

export interface AvailabilityOptions {
  clock: Clock;
  /** Asks the store something cheap, and tells the outcome to `succeeded` or `failed`. Never rejects. */
  probe(): Promise<void>;
  onChange(condition: Condition): void;
}

/** What was seen this recently is taken for how it is. */
const FRESH: Milliseconds = 5_000;
/** While it is away it is asked after this long, then each time after twice as long. */
const FIRST_PROBE: Milliseconds = 500;
const SLOWEST_PROBE: Milliseconds = 4_000;

/** Whether a store elsewhere is there: told by what the calls to it saw, and asked for while it is away. */
export class Availability implements Disposable {
  readonly #options: AvailabilityOptions;
  #condition: Condition = { state: 'ok' };
  #seen: Milliseconds = Number.NEGATIVE_INFINITY;
  #probing = false;
  #timer: ClockTimer | undefined;
  #delay = FIRST_PROBE;
  #closed = false;
  #outage: ObjectStoreUnavailable | undefined;

  constructor(options: AvailabilityOptions) {
    this.#options = options;
  }

  /** As last seen. Where that is a while ago, the store is asked, and the next call knows the answer. */
  get condition(): Condition {
    if (this.#options.clock.monotonic() - this.#seen > FRESH) this.#probe();
    return this.#condition;
  }

  /** Why it is away, while it is. */
  get outage(): ObjectStoreUnavailable | undefined {
    return this.#outage;
  }

  /** `wrote`: it has space, too. */
  succeeded(wrote = false): void {
    if (this.#condition.state !== 'full' || wrote) this.#become({ state: 'ok' });
    else this.#seen = this.#options.clock.monotonic();
  }

  full(detail: string): void {
    this.#become({ state: 'full', detail });
  }

  failed(outage: ObjectStoreUnavailable): void {
    this.#outage = outage;
    this.#become({ state: 'unavailable', detail: outage.message });
    this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #become(condition: Condition): void {
    if (this.#closed) return;
    const before = this.#condition;
    this.#condition = condition;
    this.#seen = this.#options.clock.monotonic();
    if (condition.state !== 'unavailable') {
      this.#outage = undefined;
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#delay = FIRST_PROBE;
    }
    if (before.state !== condition.state) this.#options.onChange(condition);
  }

  #schedule(): void {
    if (this.#closed || this.#timer) return;
    this.#timer = this.#options.clock.after(this.#delay, () => {
      this.#timer = undefined;
      this.#probe();
    });
    this.#delay = Math.min(this.#delay * 2, SLOWEST_PROBE);
  }

  #probe(): void {
    if (this.#probing || this.#closed) return;
    this.#probing = true;
    void this.#options.probe().finally(() => {
      this.#probing = false;
    });
  }
}
