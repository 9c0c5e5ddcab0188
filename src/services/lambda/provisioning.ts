import { partitionOf } from '../../aws/call.ts';
import type { ProvisionedRecord } from './concurrency.ts';
import { toFunctionVersion } from './function-version.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, isVersionNumber } from './names.ts';
import type { AttachedStore } from './store/attached-store.ts';
import type { FunctionKey, VersionRecord } from './store/function-record.ts';

/** What the host was told for one configuration. */
interface Told {
  record: VersionRecord;
  requested: number;
}

/** Keeps as many environments of a version ready as its provisioned concurrency, or that of an alias which leads to it, asks for. */
export class Provisioning {
  readonly #lambda: Lambda;
  readonly #store: AttachedStore<ProvisionedRecord>;
  /** By function, then by qualifier. */
  readonly #told = new Map<string, Map<string, Told>>();

  constructor(lambda: Lambda, store: AttachedStore<ProvisionedRecord>) {
    this.#lambda = lambda;
    this.#store = store;
  }

  /** Notes what is asked for, and starts to make it so. */
  request({ scope, name }: FunctionKey, qualifier: string, requested: number): ProvisionedRecord {
    const record: ProvisionedRecord = {
      requested,
      available: 0,
      status: 'IN_PROGRESS',
      lastModified: this.#lambda.clock.now(),
    };
    this.#store.put({ scope, name }, qualifier, record);
    this.sync({ scope, name });
    return record;
  }

  /** Asks again for what was asked before the daemon was stopped. */
  restore(): void {
    const keys = new Map(this.#store.all().map(({ key }) => [placeOf(key), key]));
    for (const key of keys.values()) this.sync(key);
  }

  /** To be called when configurations, versions or aliases of a function have changed. */
  sync({ scope, name }: FunctionKey): void {
    const key = { scope, name };
    const place = placeOf(key);
    const before = this.#told.get(place) ?? new Map<string, Told>();
    const after = new Map<string, Told>();
    for (const { qualifier, record } of this.#store.ofFunction(key)) {
      const version = this.#versionOf(key, qualifier);
      if (version) after.set(qualifier, { record: version, requested: record.requested });
    }
    if (after.size > 0) this.#told.set(place, after);
    else this.#told.delete(place);
    const kept = new Set([...after.values()].map(({ record }) => record.version));
    for (const { record } of before.values()) {
      if (!kept.has(record.version)) void this.#release(key, record);
    }
    for (const [qualifier, told] of after) {
      if (!isSame(before.get(qualifier), told)) void this.#allocate(key, qualifier, told);
    }
  }

  /** Never rejects: where nothing runs functions, nothing has to end. */
  async #release(key: FunctionKey, record: VersionRecord): Promise<void> {
    await Promise.allSettled([this.#setProvisioned(key, record, 0)]);
  }

  /** Never rejects: that environments don't come up is what the record tells. */
  async #allocate(key: FunctionKey, qualifier: string, told: Told): Promise<void> {
    const { requested, record } = told;
    const [{ status }] = await Promise.allSettled([this.#setProvisioned(key, record, requested)]);
    try {
      if (status === 'fulfilled') {
        this.#settle(key, qualifier, told, { status: 'READY', available: requested });
      } else {
        const reason = 'FUNCTION_ERROR_INIT_FAILURE';
        this.#settle(key, qualifier, told, { status: 'FAILED', available: 0, reason });
      }
    } catch (error) {
      this.#lambda.onError(error);
    }
  }

  /** Unless something else was asked for meanwhile, or nothing any more. */
  #settle(
    key: FunctionKey,
    qualifier: string,
    told: Told,
    outcome: Omit<ProvisionedRecord, 'requested' | 'lastModified'>,
  ): void {
    const record = this.#store.get(key, qualifier);
    if (!record || this.#told.get(placeOf(key))?.get(qualifier) !== told) return;
    const { requested, lastModified } = record;
    this.#store.put(key, qualifier, { requested, lastModified, ...outcome });
  }

  #setProvisioned(key: FunctionKey, version: VersionRecord, count: number): Promise<void> {
    return this.#lambda.host.setProvisioned(toFunctionVersion(this.#lambda, refOf(key), version), count);
  }

  #versionOf(key: FunctionKey, qualifier: string): VersionRecord | undefined {
    const { functions, aliases } = this.#lambda;
    const version = isVersionNumber(qualifier) ? qualifier : aliases.get(key, qualifier)?.version;
    return version === undefined ? undefined : functions.version(key, version);
  }
}

function isSame(one: Told | undefined, other: Told): boolean {
  return one?.requested === other.requested && one.record.version === other.record.version;
}

function placeOf({ scope: { account, region }, name }: FunctionKey): string {
  return `${account}/${region}/${name}`;
}

function refOf(key: FunctionKey): FunctionRef {
  return { ...key, partition: partitionOf(key.scope.region), qualifier: undefined };
}
