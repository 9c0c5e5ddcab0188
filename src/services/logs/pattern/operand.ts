import type { TextTest } from './regex.ts';
import { wildcard } from './wildcard.ts';

/** What a value is compared with. */
export type Operand =
  | { kind: 'number'; number: number; text: string }
  /** With `*` for any characters. */
  | { kind: 'text'; text: string; wildcard: TextTest | undefined }
  | { kind: 'regex'; regex: TextTest };

export type Operator = '=' | '!=' | '<' | '>' | '<=' | '>=';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A word as it stands: a number where it reads as one. */
export function wordOperand(text: string): Operand {
  return NUMBER.test(text) ? { kind: 'number', number: Number(text), text } : textOperand(text);
}

export function textOperand(text: string): Operand {
  return { kind: 'text', text, wildcard: text.includes('*') ? wildcard(text) : undefined };
}

/** Compares what a message has at a place, as text, with an operand. */
export function compareText(value: string, operator: Operator, operand: Operand): boolean {
  if (operator === '=') return equals(value, operand);
  if (operator === '!=') return !equals(value, operand);
  if (operand.kind !== 'number' || !NUMBER.test(value.trim())) return false;
  return compareNumbers(Number(value), operator, operand.number);
}

function equals(value: string, operand: Operand): boolean {
  switch (operand.kind) {
    case 'number':
      return value === operand.text || (NUMBER.test(value) && Number(value) === operand.number);
    case 'text':
      return operand.wildcard ? operand.wildcard.test(value) : value === operand.text;
    case 'regex':
      return operand.regex.test(value);
  }
}

function compareNumbers(a: number, operator: Operator, b: number): boolean {
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  return operator === '<=' ? a <= b : a >= b;
}
