import { invalidParameter } from '../errors.ts';
import { readOpaque, writeOpaque } from '../opaque.ts';
import type { DurableStores } from './execution-edit.ts';
import { type ExecutionRecord, type StoredOperation, TERMINAL } from './records.ts';

export interface StatePage {
  operations: StoredOperation[];
  /** Where the next page begins. */
  marker: string | undefined;
}

/** Operations that are read from the database at once. */
const READ_AHEAD = 200;

/**
 * Operations of an execution as its function needs them, in the order in which they started: the execution itself first, and
 * without those in contexts that are done with, unless the context asked for them.
 */
export function statePage(
  stores: DurableStores,
  record: ExecutionRecord,
  { marker, items, bytes }: { marker?: string | undefined; items: number; bytes: number },
): StatePage {
  let last = marker === undefined ? -1 : readNumber(marker);
  const operations: StoredOperation[] = [];
  let size = 0;
  const add = (number: number, operation: StoredOperation): boolean => {
    const length = Buffer.byteLength(JSON.stringify(operation));
    // The first one is there whatever its size: a page leads to the next one.
    if (operations.length > 0 && (operations.length >= items || size + length > bytes)) return false;
    operations.push(operation);
    size += length;
    last = number;
    return true;
  };
  if (last < 0) add(0, executionOperation(stores, record));
  const hidden = new HiddenOperations(stores, record.key);
  for (let from = last; ; ) {
    const rows = stores.operations.behind(record.key, from, READ_AHEAD);
    for (const { number, operation } of rows) {
      if (!hidden.has(operation) && !add(number, operation)) return { operations, marker: writeOpaque(last) };
      from = number;
    }
    if (rows.length < READ_AHEAD) return { operations, marker: undefined };
  }
}

function executionOperation({ executions }: DurableStores, record: ExecutionRecord): StoredOperation {
  return {
    Id: record.id,
    Name: record.name,
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: record.started,
    ExecutionDetails: { InputPayload: executions.input(record.key) },
  };
}

/** What lies in a context that has ended, whose result is all that is needed. */
class HiddenOperations {
  readonly #stores: DurableStores;
  readonly #execution: number;
  readonly #contexts = new Map<string, boolean>();

  constructor(stores: DurableStores, execution: number) {
    this.#stores = stores;
    this.#execution = execution;
  }

  has({ ParentId }: StoredOperation): boolean {
    if (ParentId === undefined) return false;
    const known = this.#contexts.get(ParentId);
    if (known !== undefined) return known;
    const context = this.#stores.operations.get(this.#execution, ParentId)?.operation;
    const isHidden = context !== undefined && (hidesChildren(context) || this.has(context));
    this.#contexts.set(ParentId, isHidden);
    return isHidden;
  }
}

function hidesChildren({ Status, ContextDetails }: StoredOperation): boolean {
  return TERMINAL.has(Status!) && !ContextDetails?.ReplayChildren;
}

function readNumber(marker: string): number {
  const [number] = readOpaque(marker);
  if (typeof number !== 'number') throw invalidParameter('Invalid marker');
  return number;
}
