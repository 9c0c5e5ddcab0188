/** An event on its way through a transformer: a JSON object. */
export type TransformedEvent = Record<string, unknown>;

/** What processors know of an event besides what was made of it. */
export interface TransformInput {
  message: string;
  group: string;
  stream: string;
  account: string;
  region: string;
}

/** Changes an event in place. @throws TransformFailure */
export type ProcessorStep = (event: TransformedEvent, input: TransformInput) => void;

/** A parser found something else than it is for: the event has no transformed version. */
export class TransformFailure extends Error {
  override readonly name = 'TransformFailure';
}

/** What is wrong with the configuration of a transformer. */
export class TransformerProblem extends Error {
  override readonly name = 'TransformerProblem';
}

const DEEPEST = 3;

/** The steps of `outer.inner`. @throws TransformerProblem */
export function pathOf(key: string): readonly string[] {
  const steps = key.split('.');
  if (steps.length > DEEPEST || steps.includes('')) {
    throw new TransformerProblem(
      `Invalid key ${key}: the maximum nested key depth is ${DEEPEST}, and no part may be empty.`,
    );
  }
  return steps;
}

export function valueAt(event: TransformedEvent, path: readonly string[]): unknown {
  let value: unknown = event;
  for (const step of path) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** Objects on the way are made, and what is no object there gives way. */
export function setAt(event: TransformedEvent, path: readonly string[], value: unknown): void {
  let parent = event;
  for (const step of path.slice(0, -1)) {
    const inner = Object.hasOwn(parent, step) ? parent[step] : undefined;
    const next = isObject(inner) ? inner : {};
    if (next !== inner) define(parent, step, next);
    parent = next;
  }
  define(parent, path.at(-1)!, value);
}

export function deleteAt(event: TransformedEvent, path: readonly string[]): void {
  const parent = path.length === 1 ? event : valueAt(event, path.slice(0, -1));
  if (isObject(parent)) delete parent[path.at(-1)!];
}

/** Sets what is not there yet, or whatever is there. */
export function offerAt(
  event: TransformedEvent,
  path: readonly string[],
  value: unknown,
  overwrite: boolean,
): boolean {
  if (!overwrite && valueAt(event, path) !== undefined) return false;
  setAt(event, path, value);
  return true;
}

export function isObject(value: unknown): value is TransformedEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key that users chose may be called `__proto__`. */
function define(parent: TransformedEvent, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, configurable: true, enumerable: true, writable: true });
}

/** The text that a parser works on. @throws TransformFailure */
export function sourceText(
  event: TransformedEvent,
  input: TransformInput,
  path: readonly string[] | undefined,
): string {
  const text = path === undefined ? input.message : valueAt(event, path);
  if (typeof text !== 'string') throw new TransformFailure('there is no text to parse');
  return text;
}

/** Undefined for the whole message. @throws TransformerProblem */
export function sourcePath(source: string | undefined): readonly string[] | undefined {
  return source === undefined || source === '@message' ? undefined : pathOf(source);
}
