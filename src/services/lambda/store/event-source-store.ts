import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type { Scope } from '../../../storage/scope.ts';
import type { Database } from '../../../storage/sqlite/database.ts';
import type { EventSourceKind } from '../event-source-kinds.ts';
import { ItemStore } from './item-store.ts';

export type MappingPhase = 'Creating' | 'Updating' | 'Enabling' | 'Disabling' | 'Deleting';

export interface MappingRecord {
  id: string;
  kind: EventSourceKind;
  enabled: boolean;
  /** What it is on the way to, until the clock says that it is there. */
  phase: MappingPhase;
  until: Milliseconds;
  lastModified: Milliseconds;
  /** Milliseconds, since dates do not survive in JSON. */
  startingTime?: Milliseconds;
  /** The members that are answered as they are kept. */
  shown: Omit<
    EventSourceMappingConfiguration,
    'UUID' | 'State' | 'LastModified' | 'StartingPositionTimestamp'
  >;
}

/** Event source mappings. One that is being deleted is gone once the clock says so. */
export class EventSourceStore {
  readonly #items: ItemStore<MappingRecord>;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#items = new ItemStore(database, 'lambda_event_source_mappings');
    this.#clock = clock;
  }

  find(scope: Scope, id: string): MappingRecord | undefined {
    const record = this.#items.get(scope, id);
    return record && this.#present(scope, record) ? record : undefined;
  }

  /** By id. */
  list(scope: Scope): MappingRecord[] {
    return this.#items.list(scope).filter((record) => this.#present(scope, record));
  }

  put(scope: Scope, record: MappingRecord): void {
    this.#items.put(scope, record.id, record);
  }

  #present(scope: Scope, record: MappingRecord): boolean {
    if (record.phase !== 'Deleting' || this.#clock.now() < record.until) return true;
    this.#items.delete(scope, record.id);
    return false;
  }
}
