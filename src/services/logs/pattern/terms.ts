import { PatternError } from './error.ts';
import type { FilterPattern } from './pattern.ts';
import { parseRegex, type TextTest } from './regex.ts';

interface Term {
  kind: 'must' | 'may' | 'not';
  test(message: string): boolean;
}

/** What a term may not hold unless it stands in quotation marks. */
const FORBIDDEN = /[^\w.\-/@#$+~\u0080-\u{10ffff}]/u;

/**
 * All terms have to be there, those behind `-` must not. Terms behind `?` are alternatives; beside others they have no
 * effect, as on AWS.
 */
export function termMatcher(pattern: string): FilterPattern {
  const terms = parseTerms(pattern);
  const firm = terms.filter(({ kind }) => kind !== 'may');
  const matches =
    firm.length > 0 || terms.length === 0
      ? (message: string) => firm.every(({ kind, test }) => test(message) === (kind === 'must'))
      : (message: string) => terms.some(({ test }) => test(message));
  return { matches, extract: (message) => (matches(message) ? {} : undefined) };
}

function parseTerms(pattern: string): Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < pattern.length) {
    if (/\s/.test(pattern[at]!)) {
      at++;
      continue;
    }
    const sign = pattern[at];
    if (sign === '?' || sign === '-') at++;
    const { test, end } = parseTerm(pattern, at);
    terms.push({ kind: sign === '?' ? 'may' : sign === '-' ? 'not' : 'must', test });
    at = end;
  }
  return terms;
}

function parseTerm(pattern: string, at: number): { test: Term['test']; end: number } {
  if (pattern[at] === '"') {
    const { text, end } = readQuoted(pattern, at);
    return { test: (message) => message.includes(text), end };
  }
  if (pattern[at] === '%') {
    const { regex, end } = readRegex(pattern, at);
    return { test: (message) => regex.test(message), end };
  }
  const word = /^[^\s"]*/.exec(pattern.slice(at))![0];
  const bad = FORBIDDEN.exec(word)?.[0];
  if (bad !== undefined) throw new PatternError(`Invalid character(s) in term '${bad}'`);
  if (word === '') throw new PatternError();
  return { test: (message) => message.includes(word), end: at + word.length };
}

/** A text in quotation marks, in which `\` stands in front of a `"` or `\` that is meant. */
export function readQuoted(pattern: string, at: number): { text: string; end: number } {
  let text = '';
  for (let index = at + 1; index < pattern.length; index++) {
    const char = pattern[index]!;
    if (char === '"') return { text, end: index + 1 };
    const next = pattern[index + 1];
    if (char === '\\' && (next === '"' || next === '\\')) {
      text += next;
      index++;
    } else text += char;
  }
  throw new PatternError();
}

/** `%…%`, in which `\%` is a percent sign that is meant. */
export function readRegex(pattern: string, at: number): { regex: TextTest; end: number } {
  for (let index = at + 1; index < pattern.length; index++) {
    if (pattern[index] === '\\') index++;
    else if (pattern[index] === '%')
      return { regex: parseRegex(pattern.slice(at + 1, index)), end: index + 1 };
  }
  throw new PatternError();
}
