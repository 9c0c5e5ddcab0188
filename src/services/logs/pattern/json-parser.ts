import { PatternError } from './error.ts';
import { type Operand, type Operator, textOperand, wordOperand } from './operand.ts';
import { readQuoted, readRegex } from './terms.ts';

/** The way to a value: names of members, numbers of items, `*` for any item. */
export type Path = readonly (string | number | typeof ANY)[];
export const ANY = Symbol('any item');

export interface Selector {
  /** As it was written. */
  text: string;
  path: Path;
}

export type JsonCondition =
  | { kind: 'and' | 'or'; conditions: readonly JsonCondition[] }
  | { kind: 'compare'; selector: Selector; operator: Operator; operand: Operand }
  | { kind: 'is'; selector: Selector; value: true | false | null }
  | { kind: 'exists'; selector: Selector; wanted: boolean };

/** Deeper nesting is no pattern of anyone's. */
const DEEPEST = 50;

/** `{ ($.a = 1 && $.b = "x*") || $.c NOT EXISTS }` @throws PatternError */
export function parseJsonPattern(pattern: string): JsonCondition {
  if (!pattern.endsWith('}')) throw new PatternError();
  const parser = new JsonPatternParser(pattern.slice(1, -1));
  return parser.parse();
}

class JsonPatternParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonCondition {
    const condition = this.#or();
    this.#space();
    if (this.#at < this.#text.length) throw new PatternError();
    return condition;
  }

  #or(): JsonCondition {
    return this.#sequence('or', '||', () => this.#and());
  }

  #and(): JsonCondition {
    return this.#sequence('and', '&&', () => this.#primary());
  }

  #sequence(kind: 'and' | 'or', sign: string, next: () => JsonCondition): JsonCondition {
    const conditions = [next()];
    while (this.#take(sign)) conditions.push(next());
    return conditions.length === 1 ? conditions[0]! : { kind, conditions };
  }

  #primary(): JsonCondition {
    if (!this.#take('(')) return this.#comparison();
    if (++this.#depth > DEEPEST) throw new PatternError();
    const inner = this.#or();
    if (!this.#take(')')) throw new PatternError();
    this.#depth--;
    return inner;
  }

  #comparison(): JsonCondition {
    const selector = this.#selector();
    if (this.#word('NOT')) {
      if (!this.#word('EXISTS')) throw new PatternError();
      return { kind: 'exists', selector, wanted: false };
    }
    if (this.#word('EXISTS')) return { kind: 'exists', selector, wanted: true };
    if (this.#word('IS')) return { kind: 'is', selector, value: this.#constant() };
    const operator = this.#operator();
    return { kind: 'compare', selector, operator, operand: this.#operand() };
  }

  #constant(): true | false | null {
    if (this.#word('TRUE')) return true;
    if (this.#word('FALSE')) return false;
    if (this.#word('NULL')) return null;
    throw new PatternError();
  }

  #operator(): Operator {
    for (const operator of ['!=', '<=', '>=', '=', '<', '>'] as const)
      if (this.#take(operator)) return operator;
    throw new PatternError();
  }

  #operand(): Operand {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '"') {
      const { text, end } = readQuoted(this.#text, this.#at);
      this.#at = end;
      return textOperand(text);
    }
    if (char === '%') {
      const { regex, end } = readRegex(this.#text, this.#at);
      this.#at = end;
      return { kind: 'regex', regex };
    }
    const word = this.#match(/[^\s()&|"=<>!%]+/y);
    if (word === undefined) throw new PatternError();
    return wordOperand(word);
  }

  /** `$.a.b[0]["c"]` */
  #selector(): Selector {
    this.#space();
    const start = this.#at;
    if (this.#text[this.#at] !== '$') throw new PatternError();
    this.#at++;
    const path: (string | number | typeof ANY)[] = [];
    for (;;) {
      if (this.#text[this.#at] === '.') {
        this.#at++;
        const name = this.#match(/[^\s.[\]()&|="<>!%{}]+/y);
        if (name === undefined) throw new PatternError(`Invalid character(s) in term '${this.#seen(start)}'`);
        path.push(name === '*' ? ANY : name);
      } else if (this.#text[this.#at] === '[') path.push(this.#bracket());
      else break;
    }
    if (path.length === 0) throw new PatternError();
    return { text: this.#text.slice(start, this.#at), path };
  }

  #seen(start: number): string {
    return this.#text.slice(start, this.#at + 1);
  }

  #bracket(): string | number | typeof ANY {
    const index = this.#match(/\[\s*(?:\d{1,9}|\*)\s*\]/y)
      ?.slice(1, -1)
      .trim();
    if (index !== undefined) return index === '*' ? ANY : Number(index);
    const name = this.#match(/\[\s*(?:"[^"\]]+"|'[^'\]]+')\s*\]/y);
    if (name === undefined) throw new PatternError();
    return name.slice(1, -1).trim().slice(1, -1);
  }

  #word(word: string): boolean {
    this.#space();
    const next = this.#text.slice(this.#at, this.#at + word.length);
    if (next.toUpperCase() !== word || /[\w$]/.test(this.#text[this.#at + word.length] ?? '')) return false;
    this.#at += word.length;
    return true;
  }

  #take(sign: string): boolean {
    this.#space();
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}
