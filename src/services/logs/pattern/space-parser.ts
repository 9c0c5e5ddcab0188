import { PatternError } from './error.ts';
import { type Operand, type Operator, textOperand, wordOperand } from './operand.ts';
import { readQuoted, readRegex } from './terms.ts';

export type FieldCondition =
  | { kind: 'and' | 'or'; conditions: readonly FieldCondition[] }
  | { kind: 'compare'; operator: Operator; operand: Operand };

export interface Field {
  name: string | undefined;
  condition: FieldCondition | undefined;
}

/** The fields of a message from the left, and, behind `...` for any number of others, from the right. */
export interface SpacePattern {
  left: readonly Field[];
  /** Undefined: there is no `...`, and the message has exactly the fields on the left. */
  right: readonly Field[] | undefined;
}

const NAME = /^[A-Za-z_][\w-]*/;

/** `[ip, user, ..., status = 4* && status != 404, bytes > 1000]` @throws PatternError */
export function parseSpacePattern(pattern: string): SpacePattern {
  if (!pattern.endsWith(']')) {
    throw new PatternError("If a filter pattern starts with '[' it must end with ']'");
  }
  const fields = splitFields(pattern.slice(1, -1)).map((text) => text.trim());
  // `[]` takes what comes.
  if (fields.length === 1 && fields[0] === '') return { left: [], right: [] };
  const ellipsis = fields.indexOf('...');
  if (ellipsis !== fields.lastIndexOf('...')) throw new PatternError();
  if (ellipsis < 0) return { left: fields.map(parseField), right: undefined };
  return {
    left: fields.slice(0, ellipsis).map(parseField),
    right: fields.slice(ellipsis + 1).map(parseField),
  };
}

/** At commas outside of quotation marks and regular expressions. */
function splitFields(text: string): string[] {
  const fields: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = readQuoted(text, at).end - 1;
    else if (text[at] === '%') at = readRegex(text, at).end - 1;
    else if (text[at] === ',') {
      fields.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...fields, text.slice(start)];
}

function parseField(text: string): Field {
  if (text === '') return { name: undefined, condition: undefined };
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1).trim() : text;
  const name = NAME.exec(inner)?.[0];
  if (name === undefined) throw new PatternError();
  if (inner === name) return { name, condition: undefined };
  return { name, condition: parseCondition(inner, name) };
}

/** `name = a || name = b && name != c`, where the name may be left out after the first. */
function parseCondition(text: string, name: string): FieldCondition {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(text.slice(at))?.[0];
    if (match !== undefined) at += match.length;
    return match?.trim();
  };
  const compare = (): FieldCondition => {
    const named = take(/^\s*[A-Za-z_][\w-]*(?=\s*(?:!=|<=|>=|=|<|>))/);
    if (named !== undefined && named !== name) throw new PatternError();
    const operator = take(/^\s*(?:!=|<=|>=|=|<|>)\s*/) as Operator | undefined;
    if (!operator) throw new PatternError();
    return { kind: 'compare', operator, operand: operand() };
  };
  const operand = (): Operand => {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      at = quoted.end;
      return textOperand(quoted.text);
    }
    if (text[at] === '%') {
      const { regex, end } = readRegex(text, at);
      at = end;
      return { kind: 'regex', regex };
    }
    const word = take(/^[^\s&|"()%]+/);
    if (!word) throw new PatternError();
    return wordOperand(word);
  };
  const sequence = (kind: 'and' | 'or', sign: RegExp, next: () => FieldCondition): FieldCondition => {
    const conditions = [next()];
    while (take(sign) !== undefined) conditions.push(next());
    return conditions.length === 1 ? conditions[0]! : { kind, conditions };
  };
  const condition = sequence('or', /^\s*\|\|/, () => sequence('and', /^\s*&&/, compare));
  if (text.slice(at).trim() !== '') throw new PatternError();
  return condition;
}
