import type { BinaryOperator, Expression, PeriodUnit, Value } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import type { ReadTable } from './lookup.ts';
import { ceilTime, floorTime } from './periods.ts';
import type { Row } from './row.ts';
import { asNumber, asText, compareValues, Moment } from './values.ts';

export interface Surroundings {
  now: number;
  readTable?: ReadTable;
  /** Of `stats`: what the aggregates came to. */
  aggregates?: readonly Value[];
}

/** What an expression comes to in a row. Undefined where a field that it needs is not there. */
export function evaluate(expression: Expression, row: Row, around: Surroundings): Value {
  const inner = (part: Expression) => evaluate(part, row, around);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'field':
      return row.get(expression.name);
    case 'period':
      return undefined;
    case 'aggregate':
      return around.aggregates?.[expression.index];
    case 'not':
      return inner(expression.operand) !== true;
    case 'negative': {
      const number = asNumber(inner(expression.operand));
      return number === undefined ? undefined : -number;
    }
    case 'in': {
      const value = inner(expression.operand);
      const found = expression.items.some((item) => compareValues(value, inner(item)) === 0);
      return value === undefined ? expression.negated : found !== expression.negated;
    }
    case 'like': {
      const text = asText(inner(expression.operand));
      return text === undefined
        ? expression.negated
        : like(text, expression.pattern, inner) !== expression.negated;
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, inner);
    case 'call':
      return call(expression.name, expression.args, inner, around.now);
  }
}

function like(text: string, pattern: RegExp | Expression, inner: (part: Expression) => Value): boolean {
  if (pattern instanceof RegExp) return pattern.test(text);
  const part = asText(inner(pattern));
  return part !== undefined && text.includes(part);
}

function binary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  inner: (part: Expression) => Value,
): Value {
  if (operator === 'and') return isTrue(inner(left)) && isTrue(inner(right));
  if (operator === 'or') return isTrue(inner(left)) || isTrue(inner(right));
  const [a, b] = [inner(left), inner(right)];
  const order = compareValues(a, b);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0 && a !== b;
    case '<':
      return order !== undefined && order < 0;
    case '<=':
      return order !== undefined && order <= 0;
    case '>':
      return order !== undefined && order > 0;
    case '>=':
      return order !== undefined && order >= 0;
    default:
      return compute(operator, asNumber(a), asNumber(b));
  }
}

/** As a condition; `strcontains` says 1 for yes. */
export function isTrue(value: Value): boolean {
  return value === true || value === 'true' || (typeof value === 'number' && value !== 0);
}

function compute(operator: BinaryOperator, a: number | undefined, b: number | undefined): Value {
  if (a === undefined || b === undefined) return undefined;
  const result = arithmetic(operator, a, b);
  return Number.isFinite(result) ? result : undefined;
}

function arithmetic(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}

function call(
  name: string,
  args: readonly Expression[],
  inner: (part: Expression) => Value,
  now: number,
): Value {
  switch (name) {
    case 'now':
      return Math.floor(now / 1000);
    case 'bin': {
      const [first, second] = args;
      // `bin(5m)` is of the event's time, `bin(field, 5m)` of the field's.
      const field: Expression = second ? first! : { kind: 'field', name: '@timestamp' };
      return toPeriod(inner(field), second ?? first!, floorTime);
    }
    case 'datefloor':
      return toPeriod(inner(args[0]!), args[1]!, floorTime);
    case 'dateceil':
      return toPeriod(inner(args[0]!), args[1]!, ceilTime);
    case 'if':
      return isTrue(inner(args[0]!)) ? inner(args[1]!) : inner(args[2]!);
    default:
      return FUNCTIONS[name]!.apply(args.map(inner));
  }
}

function toPeriod(
  value: Value,
  period: Expression,
  round: (time: number, amount: number, unit: PeriodUnit) => number,
): Value {
  const time = asNumber(value);
  if (time === undefined || period.kind !== 'period' || period.amount === 0) return undefined;
  return new Moment(round(time, period.amount, period.unit));
}
