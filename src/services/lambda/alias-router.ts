import type { AliasRecord } from './store/alias-store.ts';

/** Sums of weights are not exact. */
const ALMOST_ONE = 1 - 1e-9;
/** What is kept in memory is bounded by forgetting all of it. */
const MOST_KEPT = 10_000;

/**
 * Shares invocations of an alias out among its versions. Not by chance: of any ten that come one after the other with a weight of 0.1,
 * exactly one goes to the other version, spread as evenly as can be.
 */
export class AliasRouter {
  /** For each state of an alias, how much of the next invocation for the other version has come together. */
  readonly #credit = new Map<string, number>();

  choose({ revisionId, version, weights }: AliasRecord): string {
    const [other] = Object.entries(weights);
    if (!other) return version;
    const credit = (this.#credit.get(revisionId) ?? 0) + other[1];
    const isDue = credit >= ALMOST_ONE;
    if (this.#credit.size >= MOST_KEPT) this.#credit.clear();
    this.#credit.set(revisionId, isDue ? credit - 1 : credit);
    return isDue ? other[0] : version;
  }
}
