import { type Clock, isoDate } from '../clock/clock.ts';
import type { RuntimeCatalogue, RuntimeDefinition } from '../execution/runtime.ts';
import { RequestError } from './functions.ts';
import { sha256 } from './packages.ts';

/** Small facts that outlive the process. */
export interface Settings {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

export interface Dates {
  disabled: boolean;
  reg_date: string;
  update_date: string;
}

/** A language as `GET /lambda/runtimes` shows it. */
export interface RuntimeDocument extends Dates {
  runtime: string;
  version: string;
  image: string;
  run_command: string;
  default_code: string;
}

/** What `GET /lambda/default` proposes for a new function. */
export interface DefaultDocument extends Dates {
  runtime: string;
  version: string;
  code: string;
}

interface Remembered {
  /** Of what is shown, so that a new release that changes it is dated. */
  fingerprint: string;
  reg_date: string;
  update_date: string;
}

const KEY = 'platform.catalogue';
const DEFAULT_RUNTIME = 'node';

/** The runtime catalogue with the dates on which its entries were first stored and last changed. */
export class StoredCatalogue {
  readonly #settings: Settings;
  readonly #catalogue: RuntimeCatalogue;
  readonly #clock: Clock;

  constructor(settings: Settings, catalogue: RuntimeCatalogue, clock: Clock) {
    this.#settings = settings;
    this.#catalogue = catalogue;
    this.#clock = clock;
  }

  /** Stores what is not stored yet, or differs. Safe to repeat; every other method does it first. */
  setup(): { runtimes: RuntimeDocument[]; default: DefaultDocument } {
    return { runtimes: this.runtimes(), default: this.default() };
  }

  runtimes(): RuntimeDocument[] {
    const documents = this.#catalogue.list().map(({ definition }) => documentOf(definition));
    const dates = this.#dates(new Map(documents.map((one) => [`${one.runtime} ${one.version}`, one])));
    return documents.map((one, index) => ({ ...one, ...dates[index]! }));
  }

  /** RequestError 503 when no runtime is installed. */
  default(): DefaultDocument {
    const all = this.#catalogue.list().map((one) => one.definition);
    const chosen = all.find((one) => one.runtime === DEFAULT_RUNTIME) ?? all[0];
    if (!chosen) throw new RequestError(503, 'no runtime is installed');
    const { runtime, version, defaultCode } = chosen;
    const document = { runtime, version, code: defaultCode };
    return { ...document, ...this.#dates(new Map([['default', document]]))[0]! };
  }

  /** The dates of these entries, by their names, in order; entries of other names keep theirs. */
  #dates(entries: ReadonlyMap<string, object>): Dates[] {
    const stored = this.#settings.get(KEY);
    const remembered = (stored === undefined ? {} : JSON.parse(stored)) as Record<string, Remembered>;
    const now = isoDate(this.#clock);
    let changed = false;
    const dates = [...entries].map(([name, entry]) => {
      const fingerprint = sha256(JSON.stringify(entry));
      const known = remembered[name];
      if (known?.fingerprint !== fingerprint) {
        remembered[name] = { fingerprint, reg_date: known?.reg_date ?? now, update_date: now };
        changed = true;
      }
      const { reg_date, update_date } = remembered[name]!;
      return { disabled: false, reg_date, update_date };
    });
    if (changed) this.#settings.set(KEY, JSON.stringify(remembered));
    return dates;
  }
}

function documentOf(definition: RuntimeDefinition): Omit<RuntimeDocument, keyof Dates> {
  const { runtime, version, image, runCommand, defaultCode } = definition;
  return { runtime, version, image, run_command: runCommand, default_code: defaultCode };
}
