import { type Accumulator, AGGREGATES } from './aggregates.ts';
import type { Aggregate, Column, Command, Expression, Value } from './ast.ts';
import { evaluate, isTrue, type Surroundings } from './evaluate.ts';
import { lookup } from './lookup.ts';
import type { Extractor } from './regex.ts';
import { Row } from './row.ts';
import { Sort } from './sort.ts';
import { PIECE, type Stage } from './stage.ts';
import { asText, Moment } from './values.ts';

/** Groups of one `stats`, and different rows of one `dedup`, that are kept. */
const MOST_GROUPS = 100_000;

/** Puts a stage for `command` in front of `next`. `most` is how many rows anyone wants of it. */
export function stageOf(command: Command, next: Stage, around: Surroundings, most: number): Stage {
  switch (command.kind) {
    case 'fields':
    case 'display':
      return columns(command.columns, next, around);
    case 'filter':
      return {
        push: (row) => !isTrue(evaluate(command.condition, row, around)) || next.push(row),
        end: () => next.end(),
      };
    case 'parse':
      return parse(command.source, command.extract, command.names, next, around);
    case 'lookup':
      return lookup(command, next, around);
    case 'limit':
      return limit(command.count, next);
    case 'dedup':
      return dedup(command.fields, next, around);
    case 'sort':
      return new Sort(command.keys, next, around, most);
    case 'stats':
      return new Stats(command.aggregates, command.columns, command.by, next, around);
  }
}

/** Columns that only name a field add nothing to a row. */
function columns(all: readonly Column[], next: Stage, around: Surroundings): Stage {
  const computed = all.filter(
    ({ name, expression }) => expression.kind !== 'field' || expression.name !== name,
  );
  return {
    push: (row) => {
      for (const { name, expression } of computed) row.set(name, evaluate(expression, row, around));
      return next.push(row);
    },
    end: () => next.end(),
  };
}

function parse(
  source: Expression,
  extract: Extractor,
  names: readonly string[],
  next: Stage,
  around: Surroundings,
): Stage {
  return {
    push: (row) => {
      const text = asText(evaluate(source, row, around));
      const values = text === undefined ? undefined : extract(text);
      if (values) for (const [index, name] of names.entries()) row.set(name, values[index]);
      return next.push(row);
    },
    end: () => next.end(),
  };
}

function limit(count: number, next: Stage): Stage {
  let passed = 0;
  return {
    push: (row) => passed < count && ++passed <= count && next.push(row) && passed < count,
    end: () => next.end(),
  };
}

/** The first of all that are equal in these fields. Rows that lack one of them are all kept, as on AWS. */
function dedup(fields: readonly Expression[], next: Stage, around: Surroundings): Stage {
  const seen = new Set<string>();
  return {
    push: (row) => {
      const values = fields.map((field) => asText(evaluate(field, row, around)));
      const key = JSON.stringify(values);
      if (!values.includes(undefined)) {
        if (seen.has(key)) return true;
        if (seen.size < MOST_GROUPS) seen.add(key);
      }
      return next.push(row);
    },
    end: () => next.end(),
  };
}

interface Group {
  keys: Value[];
  accumulators: Accumulator[];
}

/** What tells groups apart. */
function keyPart(key: Value): string {
  if (key instanceof Moment) return `t${key.time}`;
  return key === undefined ? '' : `v${asText(key)}`;
}

class Stats implements Stage {
  readonly #aggregates: readonly Aggregate[];
  readonly #columns: readonly Column[];
  readonly #by: readonly Column[];
  readonly #next: Stage;
  readonly #around: Surroundings;
  readonly #groups = new Map<string, Group>();

  constructor(
    aggregates: readonly Aggregate[],
    all: readonly Column[],
    by: readonly Column[],
    next: Stage,
    around: Surroundings,
  ) {
    this.#aggregates = aggregates;
    this.#columns = all;
    this.#by = by;
    this.#next = next;
    this.#around = around;
  }

  push(row: Row): boolean {
    const keys = this.#by.map(({ expression }) => evaluate(expression, row, this.#around));
    const id = keys.map(keyPart).join('\0');
    let group = this.#groups.get(id);
    if (!group) {
      if (this.#groups.size >= MOST_GROUPS) return true;
      group = { keys, accumulators: this.#aggregates.map(({ name }) => AGGREGATES[name]!.start()) };
      this.#groups.set(id, group);
    }
    for (const [index, { args }] of this.#aggregates.entries()) {
      const values = args.map((argument) => evaluate(argument, row, this.#around));
      group.accumulators[index]!.add(values, row.time);
    }
    return true;
  }

  *end(): Generator<void, void> {
    let done = 0;
    for (const { keys, accumulators } of this.#groups.values()) {
      const row = new Row();
      for (const [index, { name }] of this.#by.entries()) row.set(name, keys[index]);
      const aggregates = accumulators.map((accumulator) => accumulator.result());
      for (const { name, expression } of this.#columns) {
        row.set(name, evaluate(expression, row, { ...this.#around, aggregates }));
      }
      if (!this.#next.push(row)) break;
      if (++done % PIECE === 0) yield;
    }
    yield* this.#next.end();
  }
}
