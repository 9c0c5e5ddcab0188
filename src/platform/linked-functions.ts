import { isoDate } from '../clock/clock.ts';
import type { FunctionSource } from '../execution/source.ts';
import { checkTitle } from './function-rules.ts';
import type { FunctionStore } from './function-store.ts';
import type { FunctionRecord, LinkInput } from './functions.ts';
import { findLinkTarget, type LinkTarget } from './link-target.ts';

/** Functions whose code stays in the user's files; see FunctionService.link. */
export class LinkedFunctions {
  readonly #store: FunctionStore;

  constructor(store: FunctionStore) {
    this.#store = store;
  }

  /** The same path gives the same function. RequestError 400 when it leads to nothing that can be run. */
  async link(input: LinkInput): Promise<FunctionRecord> {
    const { locks, options } = this.#store;
    if (input.title !== undefined) checkTitle(input.title);
    const target = await findLinkTarget(options.catalogue, input);
    return locks.run(`path ${target.path}`, async () => {
      const existing = options.table.findLinked(target.path);
      if (!existing) return this.#create(target, input);
      return locks.run(existing.id, async () =>
        this.#store.isLive(existing.id)
          ? this.#again(this.#store.get(existing.id), target, input)
          : this.#create(target, input),
      );
    });
  }

  #create(target: LinkTarget, input: LinkInput): FunctionRecord {
    const { clock, journal } = this.#store.options;
    const { runtime, version } = target.runtime.definition;
    const date = isoDate(clock);
    const record: FunctionRecord = {
      id: this.#store.ids.next(),
      title: input.title ?? target.title,
      runtime,
      version,
      source: sourceOf(target, input),
      disabled: false,
      reg_date: date,
      update_date: date,
    };
    this.#store.insertAndDeploy(record, target.runtime);
    journal.record({ type: 'function.created', id: record.id, title: record.title });
    return record;
  }

  #again(existing: FunctionRecord, target: LinkTarget, input: LinkInput): FunctionRecord {
    const { clock, deployments, journal } = this.#store.options;
    const { runtime, version } = target.runtime.definition;
    const source = sourceOf(target, input);
    const title = input.title ?? existing.title;
    const same =
      existing.runtime === runtime &&
      existing.version === version &&
      JSON.stringify(existing.source) === JSON.stringify(source);
    const record = { ...existing, title, runtime, version, source, update_date: isoDate(clock) };
    if (!same || title !== existing.title) {
      this.#store.update(record);
      journal.record({ type: 'function.updated', id: record.id, title });
    }
    // Whoever links it wants to see it run; and what a failed one lacked may have been installed meanwhile.
    const state = deployments.status(record.id)?.state ?? 'idle';
    if (!same || state === 'idle' || state === 'failed')
      deployments.deploy(this.#store.specOf(record, target.runtime));
    return this.#store.get(record.id);
  }
}

function sourceOf(target: LinkTarget, { poll, ignore }: LinkInput): FunctionSource {
  const { directory, entry, path } = target;
  return { kind: 'linked', directory, entry, path, ...(poll && { poll }), ...(ignore?.length && { ignore }) };
}
