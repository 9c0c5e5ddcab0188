import { AGGREGATES } from './aggregates.ts';
import type { Aggregate, BinaryOperator, Column, Command, Expression } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { Lexer, type Placed, QueryError } from './lexer.ts';
import { globExtractor, javaRegex, regexExtractor } from './regex.ts';

/** Deeper nesting is no query of anyone's. */
const DEEPEST = 100;
const MOST_RESULTS = 10_000;

/**
 * Reads a query of Logs Insights.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 *
 * @throws QueryError
 */
export function parseQuery(text: string): Command[] {
  return new QueryParser(text).parse();
}

class QueryParser {
  readonly #lexer: Lexer;
  /** Those of the `stats` command that is being read. */
  #aggregates: Aggregate[] | undefined;
  #depth = 0;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
  }

  parse(): Command[] {
    const commands: Command[] = [];
    for (;;) {
      while (this.#take('|'));
      if (this.#lexer.peek().kind === 'end') return commands;
      commands.push(this.#command());
      const next = this.#lexer.peek();
      if (next.kind !== 'end' && !(next.kind === 'sign' && next.text === '|')) throw this.#unexpected(next);
    }
  }

  #command(): Command {
    const token = this.#lexer.next();
    const name = token.kind === 'name' && !token.quoted ? token.text.toLowerCase() : '';
    switch (name) {
      case 'fields':
        return { kind: 'fields', columns: this.#list(() => this.#column()) };
      case 'display':
        return { kind: 'display', columns: this.#list(() => this.#column()) };
      case 'filter':
      case 'filterindex':
        return { kind: 'filter', condition: this.#expression() };
      case 'sort':
        return { kind: 'sort', keys: this.#list(() => this.#sortKey()) };
      case 'limit':
      case 'head':
        return { kind: 'limit', count: this.#count() };
      case 'dedup':
        return { kind: 'dedup', fields: this.#list(() => this.#expression()) };
      case 'stats':
        return this.#stats();
      case 'parse':
        return this.#parseCommand();
      case 'lookup':
        return this.#lookup();
      case 'unmask':
        return { kind: 'fields', columns: this.#list(() => this.#unmasked()) };
      case 'pattern':
      case 'diff':
      case 'anomaly':
      case 'unnest':
      case 'source':
      case 'join':
      case 'subqueries':
        throw new QueryError(`lambdock does not know the command ${name} yet`, token.start, token.end);
      default:
        throw this.#unexpected(token);
    }
  }

  #column(): Column {
    const start = this.#lexer.peek().start;
    const expression = this.#expression();
    const written = this.#lexer.text.slice(start, this.#end).trim();
    const alias = this.#word('as') ? this.#name() : undefined;
    return { expression, name: alias ?? (expression.kind === 'field' ? expression.name : written) };
  }

  /** `unmask(@message)` and `unmask @message`: nothing is masked here. */
  #unmasked(): Column {
    return this.#column();
  }

  #sortKey() {
    const expression = this.#expression();
    const descending = this.#word('desc');
    if (!descending) this.#word('asc');
    return { expression, descending };
  }

  #count(): number {
    const token = this.#lexer.next();
    const count = token.kind === 'number' ? Number(token.text) : 0;
    if (!Number.isInteger(count) || count < 1 || count > MOST_RESULTS) throw this.#unexpected(token);
    return count;
  }

  #stats(): Command {
    const aggregates: Aggregate[] = [];
    this.#aggregates = aggregates;
    const columns = this.#list(() => this.#column());
    this.#aggregates = undefined;
    const by = this.#word('by') ? this.#list(() => this.#column()) : [];
    return { kind: 'stats', aggregates, columns, by };
  }

  #parseCommand(): Command {
    const message: Expression = { kind: 'field', name: '@message' };
    const first = this.#lexer.regex();
    if (first) return this.#parseRegex(message, first);
    const next = this.#lexer.peek();
    const source = next.kind === 'string' ? message : this.#primary();
    const regex = this.#lexer.regex();
    if (regex) return this.#parseRegex(source, regex);
    const token = this.#lexer.next();
    if (token.kind !== 'string') throw this.#unexpected(token);
    const { extract, values } = globExtractor(token.text);
    if (!this.#word('as')) throw this.#unexpected(this.#lexer.peek());
    const names = this.#list(() => this.#name());
    if (names.length !== values) {
      throw new QueryError(
        `parse has ${values} wildcards and ${names.length} names for them`,
        token.start,
        token.end,
      );
    }
    return { kind: 'parse', source, extract, names };
  }

  #lookup(): Command {
    const { start, end } = this.#lexer.peek();
    const table = this.#name();
    const keys = this.#list(() => {
      const column = this.#name();
      return { column, field: this.#word('as') ? this.#name() : column };
    });
    const overwrite = this.#word('output');
    if (!overwrite && !this.#word('outputnew')) throw this.#unexpected(this.#lexer.peek());
    return { kind: 'lookup', table, keys, outputs: this.#list(() => this.#name()), overwrite, start, end };
  }

  #parseRegex(source: Expression, written: { source: string; start: number; end: number }): Command {
    const regex = this.#compile(written);
    const named = Array.from(written.source.matchAll(/\(\?<([A-Za-z]\w*)>/g), ([, name]) => name!);
    const names = this.#word('as') ? this.#list(() => this.#name()) : named;
    if (names.length === 0) throw this.#unexpected(written);
    return { kind: 'parse', source, extract: regexExtractor(regex, names), names };
  }

  #compile({ source, start, end }: { source: string; start: number; end: number }): RegExp {
    try {
      return javaRegex(source.replaceAll('\\/', '/'));
    } catch {
      throw new QueryError(`Invalid regular expression ${source}`, start, end);
    }
  }

  #expression(): Expression {
    if (++this.#depth > DEEPEST) throw this.#unexpected(this.#lexer.peek());
    const expression = this.#or();
    this.#depth--;
    return expression;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#word('or')) left = binary('or', left, this.#and());
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#word('and')) left = binary('and', left, this.#not());
    return left;
  }

  #not(): Expression {
    if (!this.#word('not')) return this.#comparison();
    if (++this.#depth > DEEPEST) throw this.#unexpected(this.#lexer.peek());
    const operand = this.#not();
    this.#depth--;
    return { kind: 'not', operand };
  }

  #comparison(): Expression {
    const left = this.#additive();
    for (const operator of ['=', '!=', '<', '<=', '>', '>='] as const) {
      if (this.#take(operator)) return binary(operator, left, this.#additive());
    }
    if (this.#take('=~')) return { kind: 'like', operand: left, pattern: this.#pattern(), negated: false };
    const negated = this.#word('not');
    if (this.#word('like')) return { kind: 'like', operand: left, pattern: this.#pattern(), negated };
    if (this.#word('in')) return { kind: 'in', operand: left, items: this.#items(), negated };
    if (negated) throw this.#unexpected(this.#lexer.peek());
    return left;
  }

  #pattern(): RegExp | Expression {
    const written = this.#lexer.regex();
    return written ? this.#compile(written) : this.#additive();
  }

  #items(): Expression[] {
    const close = this.#take('[') ? ']' : ')';
    if (close === ')') this.#expect('(');
    if (this.#take(close)) return [];
    const items = this.#list(() => this.#additive());
    this.#expect(close);
    return items;
  }

  #additive(): Expression {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/', '%'], () => this.#power()));
  }

  #chain(operators: readonly BinaryOperator[], next: () => Expression): Expression {
    let left = next();
    for (;;) {
      const operator = operators.find((candidate) => this.#take(candidate));
      if (!operator) return left;
      left = binary(operator, left, next());
    }
  }

  #power(): Expression {
    if (++this.#depth > DEEPEST) throw this.#unexpected(this.#lexer.peek());
    const base = this.#take('-') ? ({ kind: 'negative', operand: this.#power() } as const) : this.#primary();
    const power = this.#take('^') ? binary('^', base, this.#power()) : base;
    this.#depth--;
    return power;
  }

  #primary(): Expression {
    const token = this.#lexer.next();
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'string':
        return { kind: 'literal', value: token.text };
      case 'period':
        return { kind: 'period', amount: token.amount, unit: token.unit };
      case 'name':
        return this.#named(token.text, token.quoted, token);
      case 'sign':
        if (token.text === '(') {
          const inner = this.#expression();
          this.#expect(')');
          return inner;
        }
    }
    throw this.#unexpected(token);
  }

  #named(name: string, quoted: boolean, token: Placed): Expression {
    if (quoted) return { kind: 'field', name };
    const next = this.#lexer.peek();
    if (next.kind === 'sign' && next.text === '(') return this.#call(name.toLowerCase(), token);
    if (/^(?:true|false)$/i.test(name)) return { kind: 'literal', value: name.toLowerCase() === 'true' };
    if (/^null$/i.test(name)) return { kind: 'literal', value: undefined };
    return { kind: 'field', name };
  }

  #call(name: string, token: Placed): Expression {
    this.#expect('(');
    const isAggregate = this.#aggregates !== undefined && Object.hasOwn(AGGREGATES, name);
    if (!isAggregate && !Object.hasOwn(FUNCTIONS, name)) throw this.#unexpected(token);
    if (isAggregate && name === 'count' && this.#take('*')) {
      this.#expect(')');
      return this.#aggregate({ name, args: [] });
    }
    const args = this.#take(')') ? undefined : this.#list(() => this.#expression());
    if (args) this.#expect(')');
    const [least, most] = (isAggregate ? AGGREGATES[name] : FUNCTIONS[name])!.arity;
    const count = args?.length ?? 0;
    if (count < least || count > most) {
      throw new QueryError(`Wrong number of arguments for ${name}`, token.start, token.end);
    }
    return isAggregate
      ? this.#aggregate({ name, args: args ?? [] })
      : { kind: 'call', name, args: args ?? [] };
  }

  #aggregate(aggregate: Aggregate): Expression {
    return { kind: 'aggregate', index: this.#aggregates!.push(aggregate) - 1 };
  }

  #name(): string {
    const token = this.#lexer.next();
    if (token.kind !== 'name') throw this.#unexpected(token);
    return token.text;
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#take(',')) items.push(item());
    return items;
  }

  #word(word: string): boolean {
    const token = this.#lexer.peek();
    if (token.kind !== 'name' || token.quoted || token.text.toLowerCase() !== word) return false;
    this.#lexer.next();
    return true;
  }

  #take(sign: string): boolean {
    const token = this.#lexer.peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#lexer.next();
    return true;
  }

  #expect(sign: string): void {
    const token = this.#lexer.next();
    if (token.kind !== 'sign' || token.text !== sign) throw this.#unexpected(token);
  }

  /** Where what was read last ends. */
  get #end(): number {
    return this.#lexer.peek().start;
  }

  #unexpected(place: { start: number; end: number }): QueryError {
    return this.#lexer.unexpected(place);
  }
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right };
}
