import { partitionOf } from '../../aws/call.ts';
import type { ProvisionedRecord } from './concurrency.ts';
import { toFunctionVersion } from './function-version.ts';
import type { Lambda } from './lambda.ts';
import { functionArn, isVersionNumber } from './names.ts';
import type { AttachedStore } from './store/attached-store.ts';
import type { FunctionKey, VersionRecord } from './store/function-record.ts';

/** Keeps as many environments of a version ready as its provisioned concurrency, or that of an alias which leads to it, asks for. */
export class Provisioning {
  readonly #lambda: Lambda;
  readonly #store: AttachedStore<ProvisionedRecord>;

  constructor(lambda: Lambda, store: AttachedStore<ProvisionedRecord>) {
    this.#lambda = lambda;
    this.#store = store;
  }

  /** Notes what is asked for, and starts to make it so. */
  request({ scope, name }: FunctionKey, qualifier: string, requested: number): ProvisionedRecord {
    const key = { scope, name };
    const record: ProvisionedRecord = {
      requested,
      available: 0,
      status: 'IN_PROGRESS',
      lastModified: this.#lambda.clock.now(),
    };
    this.#store.put(key, qualifier, record);
    void this.#allocate(key, qualifier, record);
    return record;
  }

  /** Does nothing where nothing was asked for. */
  cancel({ scope, name }: FunctionKey, qualifier: string): void {
    const key = { scope, name };
    if (!this.#store.delete(key, qualifier)) return;
    const version = this.#versionOf(key, qualifier);
    if (version) void this.#release(key, version);
  }

  /** Asks again for what was asked before the daemon was stopped. */
  restore(): void {
    for (const { key, qualifier, record } of this.#store.all()) void this.#allocate(key, qualifier, record);
  }

  /** Never rejects: that environments don't come up is what the record tells. */
  async #allocate(key: FunctionKey, qualifier: string, asked: ProvisionedRecord): Promise<void> {
    const version = this.#versionOf(key, qualifier);
    if (!version) return;
    const { requested } = asked;
    try {
      await this.#setProvisioned(key, version, requested);
      this.#settle(key, qualifier, asked, { status: 'READY', available: requested });
    } catch {
      const failure = { status: 'FAILED', available: 0, reason: 'FUNCTION_ERROR_INIT_FAILURE' } as const;
      this.#settle(key, qualifier, asked, failure);
    }
  }

  /** Unless something else was asked for meanwhile, or nothing any more. */
  #settle(
    key: FunctionKey,
    qualifier: string,
    asked: ProvisionedRecord,
    outcome: Omit<ProvisionedRecord, 'requested' | 'lastModified'>,
  ): void {
    const { requested, lastModified } = asked;
    const now = this.#store.get(key, qualifier);
    if (now?.lastModified !== lastModified || now.requested !== requested) return;
    this.#store.put(key, qualifier, { requested, lastModified, ...outcome });
  }

  async #release(key: FunctionKey, version: VersionRecord): Promise<void> {
    try {
      await this.#setProvisioned(key, version, 0);
    } catch {
      // Nothing runs functions here, so that there is nothing to end.
      this.#lambda.host.retire(functionArn(refOf(key), version.version));
    }
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

function refOf(key: FunctionKey) {
  return { ...key, partition: partitionOf(key.scope.region), qualifier: undefined };
}
