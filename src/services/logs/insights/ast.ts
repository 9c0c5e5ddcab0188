import type { Milliseconds } from '../../../clock/clock.ts';
import type { Extractor } from './regex.ts';

/** What fields hold and expressions give. Undefined: there is no such field. */
export type Value = string | number | boolean | object | undefined;

export type Expression =
  | { kind: 'literal'; value: Value }
  | { kind: 'field'; name: string }
  /** `5m`; months and longer have no length of their own. */
  | { kind: 'period'; amount: number; unit: PeriodUnit }
  | { kind: 'call'; name: string; args: readonly Expression[] }
  /** Of a `stats` command: which of its aggregates stands here. */
  | { kind: 'aggregate'; index: number }
  | { kind: 'not'; operand: Expression }
  | { kind: 'negative'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'like'; operand: Expression; pattern: RegExp | Expression; negated: boolean }
  | { kind: 'in'; operand: Expression; items: readonly Expression[]; negated: boolean };

export type BinaryOperator =
  | 'and'
  | 'or'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^';

export type PeriodUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y';

export const UNIT_LENGTH: Readonly<Partial<Record<PeriodUnit, Milliseconds>>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** An expression with what its column is called. */
export interface Column {
  name: string;
  expression: Expression;
}

export interface Aggregate {
  name: string;
  args: readonly Expression[];
}

export type Command =
  | { kind: 'fields'; columns: readonly Column[] }
  | { kind: 'display'; columns: readonly Column[] }
  | { kind: 'filter'; condition: Expression }
  | { kind: 'sort'; keys: readonly { expression: Expression; descending: boolean }[] }
  | { kind: 'limit'; count: number }
  | { kind: 'dedup'; fields: readonly Expression[] }
  | { kind: 'parse'; source: Expression; extract: Extractor; names: readonly string[] }
  | {
      kind: 'lookup';
      table: string;
      /** Columns of the table, and the fields that have to be equal to them. */
      keys: readonly { column: string; field: string }[];
      outputs: readonly string[];
      /** Else fields that are there stay as they are. */
      overwrite: boolean;
      /** Where the query names the table. */
      start: number;
      end: number;
    }
  | {
      kind: 'stats';
      aggregates: readonly Aggregate[];
      columns: readonly Column[];
      by: readonly Column[];
    };
