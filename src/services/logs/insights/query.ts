import type { Command } from './ast.ts';
import type { ReadTable } from './lookup.ts';
import { parseQuery } from './parser.ts';
import { stageOf } from './pipeline.ts';
import { type QueryEvent, Row } from './row.ts';
import type { Stage } from './stage.ts';
import { asText } from './values.ts';

export interface ResultField {
  field: string;
  value: string;
}

const MOST_RESULTS = 10_000;
/** Rows that are sorted at most, where others are to be picked of them. */
const MOST_KEPT = 200_000;

/** What is shown when nothing says it. */
const USUAL_COLUMNS = ['@timestamp', '@message'];

export interface QueryOptions {
  limit?: number | undefined;
  now: number;
  readTable?: ReadTable;
}

/** A query that runs: takes events, latest first, and gives rows once all have come. */
export class RunningQuery {
  readonly #first: Stage;
  readonly #shown: readonly string[];
  readonly #results: ResultField[][] = [];
  /** Rows that were not lost to a filter. */
  matched = 0;

  /** @throws QueryError */
  constructor(text: string, { limit = MOST_RESULTS, ...around }: QueryOptions) {
    const commands = parseQuery(text);
    this.#shown = shownColumns(commands);
    const filters = commands.findLastIndex(({ kind }) => kind === 'filter');
    const first = commands.findIndex(({ kind }) => kind === 'stats' || kind === 'limit' || kind === 'dedup');
    const counted = first < 0 ? filters : Math.min(filters, first - 1);
    let most = limit;
    let stage: Stage = {
      push: (row) => {
        this.#results.push(this.#show(row));
        return this.#results.length < limit;
      },
      *end() {},
    };
    for (const [index, command] of [...commands.entries()].reverse()) {
      if (index === counted) stage = this.#counting(stage);
      if (command.kind === 'limit') most = Math.min(most, command.count);
      // Of these more has to come in than goes out.
      else if (command.kind === 'filter' || command.kind === 'dedup' || command.kind === 'stats') {
        stage = stageOf(command, stage, around, most);
        most = MOST_KEPT;
        continue;
      }
      stage = stageOf(command, stage, around, most);
    }
    this.#first = counted < 0 ? this.#counting(stage) : stage;
  }

  /** False when no more events are needed. */
  push(event: QueryEvent): boolean {
    return this.#first.push(new Row(event));
  }

  /** What comes of it, once all of that is gone through, piece by piece. */
  *end(): Generator<void, ResultField[][]> {
    yield* this.#first.end();
    return this.#results;
  }

  #counting(next: Stage): Stage {
    return {
      push: (row) => {
        this.matched++;
        return next.push(row);
      },
      end: () => next.end(),
    };
  }

  /** Fields without a value are left out; events carry what GetLogRecord takes. */
  #show(row: Row): ResultField[] {
    const shown = this.#shown.flatMap((field) => {
      const value = asText(row.get(field));
      return value === undefined ? [] : [{ field, value }];
    });
    if (row.event && !this.#shown.includes('@ptr')) shown.push({ field: '@ptr', value: row.event.pointer });
    return shown;
  }
}

/** What the last `display` or `stats` says; else what `fields`, `parse` and `lookup` add up to. */
function shownColumns(commands: readonly Command[]): string[] {
  let columns: string[] = [];
  let displayed = false;
  for (const command of commands) {
    if (command.kind === 'display') {
      columns = command.columns.map(({ name }) => name);
      displayed = true;
    } else if (command.kind === 'stats') {
      columns = [...command.by, ...command.columns].map(({ name }) => name);
      displayed = false;
    } else if (command.kind === 'fields' && !displayed) {
      columns.push(...command.columns.map(({ name }) => name));
    } else if (command.kind === 'parse' && !displayed) columns.push(...command.names);
    else if (command.kind === 'lookup' && !displayed) columns.push(...command.outputs);
  }
  const shown = [...new Set(columns)];
  return shown.length > 0 ? shown : USUAL_COLUMNS;
}
