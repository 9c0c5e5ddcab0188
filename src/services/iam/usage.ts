import type { Clock } from '../../clock/clock.ts';
import type { LastUsed } from './store/access-keys.ts';
import type { IamStore } from './store/store.ts';

/** What was used is written down at most this often. */
const PERIOD = 60_000;

/**
 * When keys and roles were used last. Known at once; written to the disk now and then, as a call must not wait for that.
 * A kill loses at most a minute of it.
 */
export class Usage {
  readonly #store: IamStore;
  readonly #clock: Clock;
  readonly #keys = new Map<string, Use>();
  readonly #roles = new Map<string, Use>();

  constructor(store: IamStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  ofKey(id: string, stored: LastUsed | undefined): LastUsed | undefined {
    return this.#keys.get(id)?.used ?? stored;
  }

  ofRole(id: string, stored: LastUsed | undefined): LastUsed | undefined {
    return this.#roles.get(id)?.used ?? stored;
  }

  useKey(id: string, region: string, service: string): void {
    this.#note(this.#keys, id, { date: this.#clock.now(), region, service }, (used) =>
      this.#store.accessKeys.setLastUsed(id, used),
    );
  }

  useRole(id: string, region: string): void {
    this.#note(this.#roles, id, { date: this.#clock.now(), region }, (lastUsed) => {
      const role = this.#store.roles.get(id);
      if (!role) return;
      const { home: _home, ...rest } = role;
      this.#store.roles.update({ ...rest, lastUsed });
    });
  }

  #note(uses: Map<string, Use>, id: string, used: LastUsed, write: (used: LastUsed) => void): void {
    const written = uses.get(id)?.written;
    const due = written === undefined || used.date - written >= PERIOD;
    uses.set(id, { used, written: due ? used.date : written });
    if (due) write(used);
  }
}

interface Use {
  used: LastUsed;
  /** When it was last written to the disk. */
  written: number;
}
