import { PatternError } from './error.ts';

/** What a text is tried against. A RegExp is one. */
export interface TextTest {
  test(text: string): boolean;
}

/** AWS's regular expressions have no groups. */
const ALLOWED = /^(?:\\[dDsSwW]|\\x[0-9A-Fa-f]{2}|\\[^A-Za-z0-9]|[^\\(){}])*$/;
/** `{2}`, `{2,}`, `{2,5}`. */
const COUNTS = /\{\d{1,2}(?:,\d{0,2})?\}/g;

/**
 * What stands between two `%`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions
 */
export function parseRegex(source: string): TextTest {
  if (source === '' || !ALLOWED.test(source.replace(COUNTS, ''))) throw new PatternError();
  try {
    return new BoundedRegex(new RegExp(source), source);
  } catch (error) {
    if (error instanceof SyntaxError) throw new PatternError();
    throw error;
  }
}

/** Steps that JavaScript's own engine may take at worst, which goes back where it was wrong. */
const MOST_STEPS = 1_000_000;

/**
 * A regular expression without groups that takes no longer than a text is long. JavaScript's engine is quicker by far where it
 * does well, and takes for ever where `.*a.*b.*c` does not match: what could be too much for it is walked through here.
 */
class BoundedRegex implements TextTest {
  readonly #quick: RegExp;
  readonly #source: string;
  readonly #longestQuick: number;
  #walker: Walker | undefined;

  constructor(quick: RegExp, source: string) {
    this.#quick = quick;
    this.#source = source;
    const choices = source.match(/[*+?]|\{\d/g)?.length ?? 0;
    this.#longestQuick = choices === 0 ? Number.POSITIVE_INFINITY : MOST_STEPS ** (1 / (choices + 1));
  }

  test(text: string): boolean {
    if (text.length <= this.#longestQuick) return this.#quick.test(text);
    this.#walker ??= new Walker(this.#source);
    return this.#walker.test(text);
  }
}

interface Atom {
  test(char: string): boolean;
}

type Step = { kind: 'atom'; atom: Atom; optional: boolean; repeats: boolean } | { kind: 'start' | 'end' };

/** An alternative is a row of steps; a place in it is how many of them are done. All places are followed at once. */
class Walker {
  readonly #alternatives: readonly (readonly Step[])[];

  constructor(source: string) {
    this.#alternatives = alternativesOf(source);
  }

  test(text: string): boolean {
    return this.#alternatives.some((steps) => matches(steps, text));
  }
}

function matches(steps: readonly Step[], text: string): boolean {
  let places = new Uint8Array(steps.length + 1);
  let next = new Uint8Array(steps.length + 1);
  for (let at = 0; at <= text.length; at++) {
    places[0] = 1;
    skip(steps, places, at, text.length);
    if (places[steps.length] === 1) return true;
    if (at === text.length) return false;
    const char = text[at]!;
    next.fill(0);
    for (const [place, step] of steps.entries()) {
      if (places[place] === 0 || step.kind !== 'atom' || !step.atom.test(char)) continue;
      next[place + 1] = 1;
      if (step.repeats) next[place] = 1;
    }
    [places, next] = [next, places];
  }
  return false;
}

/** Goes on over what takes no character. */
function skip(steps: readonly Step[], places: Uint8Array, at: number, length: number): void {
  for (const [place, step] of steps.entries()) {
    if (places[place] === 0) continue;
    const free = step.kind === 'atom' ? step.optional : step.kind === 'start' ? at === 0 : at === length;
    if (free) places[place + 1] = 1;
  }
}

const TOKEN = /(\[(?:\\.|[^\]\\])*\]|\\x[0-9A-Fa-f]{2}|\\.|[\s\S])([*+?]|\{\d{1,2}(?:,\d{0,2})?\})?\??/gy;

function alternativesOf(source: string): Step[][] {
  const alternatives: Step[][] = [[]];
  for (const [, token, count] of source.matchAll(TOKEN)) {
    const steps = alternatives.at(-1)!;
    if (token === '|') alternatives.push([]);
    else if (token === '^' || token === '$') steps.push({ kind: token === '^' ? 'start' : 'end' });
    else steps.push(...repeated(new RegExp(`^${token!}$`), count));
  }
  return alternatives;
}

function repeated(atom: Atom, count: string | undefined): Step[] {
  const [least, most] = boundsOf(count);
  const step = (optional: boolean, repeats: boolean): Step => ({ kind: 'atom', atom, optional, repeats });
  const needed = Array.from({ length: least }, () => step(false, false));
  if (most === undefined) return [...needed, step(true, true)];
  return [...needed, ...Array.from({ length: most - least }, () => step(true, false))];
}

function boundsOf(count: string | undefined): [least: number, most: number | undefined] {
  if (count === undefined) return [1, 1];
  if (count === '?') return [0, 1];
  if (count === '*' || count === '+') return [count === '+' ? 1 : 0, undefined];
  const [, least = '0', comma, most = ''] = /^\{(\d+)(,?)(\d*)\}$/.exec(count)!;
  if (comma === '') return [Number(least), Number(least)];
  return [Number(least), most === '' ? undefined : Number(most)];
}
