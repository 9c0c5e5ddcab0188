import type { Expression, Value } from './ast.ts';
import { evaluate, type Surroundings } from './evaluate.ts';
import type { Row } from './row.ts';
import { PIECE, type Stage } from './stage.ts';
import { compareValues } from './values.ts';

interface SortKey {
  expression: Expression;
  descending: boolean;
}

interface Entry {
  row: Row;
  values: Value[];
  order: number;
}

/** Keeps the rows that are wanted in a heap, the last of them on top, so that no row takes long, and none is sorted in one go. */
export class Sort implements Stage {
  readonly #keys: readonly SortKey[];
  readonly #next: Stage;
  readonly #around: Surroundings;
  readonly #most: number;
  readonly #heap: Entry[] = [];
  #order = 0;

  constructor(keys: readonly SortKey[], next: Stage, around: Surroundings, most: number) {
    this.#keys = keys;
    this.#next = next;
    this.#around = around;
    this.#most = most;
  }

  push(row: Row): boolean {
    const values = this.#keys.map(({ expression }) => evaluate(expression, row, this.#around));
    const entry = { row, values, order: this.#order++ };
    const heap = this.#heap;
    if (heap.length < this.#most) this.#rise(entry);
    else if (heap.length > 0 && this.#compare(entry, heap[0]!) < 0) this.#sink(entry);
    return true;
  }

  *end(): Generator<void, void> {
    const sorted: Entry[] = [];
    while (this.#heap.length > 0) {
      sorted.push(this.#take());
      if (sorted.length % PIECE === 0) yield;
    }
    for (let index = sorted.length - 1; index >= 0; index--) {
      if (!this.#next.push(sorted[index]!.row)) break;
      if (index % PIECE === 0) yield;
    }
    yield* this.#next.end();
  }

  #rise(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#compare(entry, heap[parent]!) <= 0) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Puts an entry in place of the one on top. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const later = right < heap.length && this.#compare(heap[right]!, heap[left]!) > 0 ? right : left;
      if (this.#compare(heap[later]!, entry) <= 0) break;
      heap[at] = heap[later]!;
      at = later;
    }
    heap[at] = entry;
  }

  #take(): Entry {
    const top = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) this.#sink(last);
    return top;
  }

  #compare(a: Entry, b: Entry): number {
    for (const [index, { descending }] of this.#keys.entries()) {
      const order = compareForSort(a.values[index], b.values[index], descending);
      if (order !== 0) return order;
    }
    return a.order - b.order;
  }
}

/** What is missing comes last, whatever the direction. */
function compareForSort(a: Value, b: Value, descending: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = compareValues(a, b)!;
  return descending ? -order : order;
}
