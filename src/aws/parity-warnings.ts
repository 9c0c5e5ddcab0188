import type { JournalEvent } from '../journal/journal.ts';

/** Something that goes through here and that AWS would refuse, such as a function whose role does not exist. */
export interface ParityWarning {
  /** `lambda`. */
  service: string;
  /** What AWS would refuse: `CreateFunction`. */
  action: string;
  /** The ARN or the name of what it is about. */
  resource: string;
  /** What would have to be there, as a sentence: `the role … trusts lambda.amazonaws.com`. */
  missing: string;
}

export interface ParityWarningsOptions {
  journal: { record(event: JournalEvent): unknown };
  /** Refuse as AWS does, rather than warn. */
  strict: boolean;
}

/** What clients make up must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/**
 * Tells of what works here and would not on AWS: once for each thing, in the journal, and from there in the console and in
 * what `lambdock start` prints.
 */
export class ParityWarnings {
  readonly #options: ParityWarningsOptions;
  readonly #told = new Set<string>();

  constructor(options: ParityWarningsOptions) {
    this.#options = options;
  }

  get strict(): boolean {
    return this.#options.strict;
  }

  /**
   * Warns, and lets the call go on; with `--strict` throws what AWS would answer.
   *
   * @throws what `refusal` makes
   */
  warn(warning: ParityWarning, refusal: () => Error): void {
    if (this.#options.strict) throw refusal();
    const { service, action, resource, missing } = warning;
    const key = [service, action, resource, missing].join('\0');
    if (this.#told.has(key)) return;
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.add(key);
    this.#options.journal.record({ type: 'parity.warning', service, action, resource, missing });
  }
}
