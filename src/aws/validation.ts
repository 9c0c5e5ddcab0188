import { type Constraint, type Constraints, ITEM, KEY, VALUE } from './constraints.ts';
import { WireError } from './errors.ts';
import type { Member, Shape } from './shapes/shape.ts';

const MOST_REPORTED = 100;

export interface ValidationWords {
  /** Of the error. */
  code: string;
  /** The values are not repeated in the messages. */
  hidesValues?: boolean | undefined;
}

/**
 * Checks an input as AWS's servers do before an operation sees it: required members, then what `constraints` say. All
 * that is wrong is told at once, in their words.
 *
 * @throws WireError with `code`
 */
export function validate(
  shape: Shape,
  input: unknown,
  constraints: Constraints,
  { code, hidesValues = false }: ValidationWords,
): void {
  const problems: string[] = [];
  checkStructure(shape, input, '', { constraints, problems, hidesValues });
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: `;
  throw new WireError(code, 400, count + problems.slice(0, MOST_REPORTED).join('; '));
}

interface Check {
  constraints: Constraints;
  problems: string[];
  hidesValues: boolean;
}

function checkStructure(shape: Shape, value: unknown, path: string, check: Check): void {
  const source = value as Readonly<Record<string, unknown>>;
  const rules = Object.hasOwn(check.constraints, shape.name) ? check.constraints[shape.name] : undefined;
  const found: { name: string; problems: string[] }[] = [];
  for (const member of shape.members) {
    const inner = source[member.name];
    const name = lowerFirst(member.name);
    const problems: string[] = [];
    if (inner !== undefined && inner !== null) {
      checkMember(member, inner, path + name, rules, { ...check, problems });
    } else if (member.required) {
      problems.push(nullProblem(path + name, check));
    }
    if (problems.length > 0) found.push({ name, problems });
  }
  if (found.length > 1) {
    const count = shape.members.length;
    found.sort((a, b) => hashPlace(a.name, count) - hashPlace(b.name, count));
  }
  check.problems.push(...found.flatMap(({ problems }) => problems));
}

function checkMember(
  { name, shape }: Member,
  value: unknown,
  path: string,
  rules: Readonly<Record<string, Constraint>> | undefined,
  check: Check,
): void {
  const constraint = rules?.[name];
  if (constraint) {
    const shown = check.hidesValues || shape.traits.sensitive ? 'Value' : `Value '${show(value)}'`;
    for (const text of broken(value, constraint)) {
      check.problems.push(`${shown} at '${path}' failed to satisfy constraint: ${text}`);
    }
  }
  if (rules) checkItems(shape, value, path, name, rules, check);
  checkInside(shape, value, path, check);
}

/** Items are told of with all that is around them, and with all that is asked of each. */
function checkItems(
  shape: Shape,
  value: unknown,
  path: string,
  name: string,
  rules: Readonly<Record<string, Constraint>>,
  { problems, hidesValues }: Check,
): void {
  const report = (suffix: string, inner: Shape | undefined, items: readonly unknown[], words: string) => {
    const constraint = rules[name + suffix];
    if (!constraint || items.every((item) => item === null || broken(item, constraint).length === 0)) return;
    const hidden = hidesValues || shape.traits.sensitive || inner?.traits.sensitive;
    const shown = hidden ? 'Value' : `Value '${show(value)}'`;
    const asked = requirements(constraint).join(', ');
    problems.push(
      `${shown} at '${path}' failed to satisfy constraint: ${words} must satisfy constraint: [${asked}]`,
    );
  };
  if (shape.kind === 'list') report(ITEM, shape.element, value as unknown[], 'Member');
  if (shape.kind === 'map') {
    const entries = value as Record<string, unknown>;
    report(KEY, undefined, Object.keys(entries), 'Map keys');
    report(VALUE, shape.element, Object.values(entries), 'Map value');
  }
}

function checkInside(shape: Shape, value: unknown, path: string, check: Check): void {
  if (shape.kind === 'structure' && !shape.streaming) checkStructure(shape, value, `${path}.`, check);
  else if (shape.kind === 'list') {
    for (const [index, item] of (value as unknown[]).entries()) {
      if (item !== null) checkInside(shape.element, item, `${path}.${index + 1}.member`, check);
    }
  } else if (shape.kind === 'map') {
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      if (item !== null) checkInside(shape.element, item, `${path}.${key}.member`, check);
    }
  }
}

/** What of a constraint a value breaks. */
function broken(
  value: unknown,
  { minLength, maxLength, min, max, pattern, values, listed = values }: Constraint,
): string[] {
  const length = lengthOf(value);
  return requirements({
    ...(pattern && !pattern.matches(String(value)) ? { pattern } : {}),
    ...(maxLength !== undefined && length > maxLength ? { maxLength } : {}),
    ...(minLength !== undefined && length < minLength ? { minLength } : {}),
    ...(max !== undefined && Number(value) > max ? { max } : {}),
    ...(min !== undefined && Number(value) < min ? { min } : {}),
    ...(values && listed && !isAmong(value, values) ? { values: listed } : {}),
  });
}

/** Of a list, each of its items. */
function isAmong(value: unknown, values: readonly string[]): boolean {
  const given: unknown[] = Array.isArray(value) ? value : [value];
  return given.every((item) => values.includes(String(item)));
}

/** A constraint in AWS's words, in its order. */
function requirements({
  minLength,
  maxLength,
  min,
  max,
  pattern,
  values,
  listed = values,
  notNull,
}: Constraint): string[] {
  const said: string[] = [];
  if (maxLength !== undefined) said.push(`Member must have length less than or equal to ${maxLength}`);
  if (minLength !== undefined) said.push(`Member must have length greater than or equal to ${minLength}`);
  if (max !== undefined) said.push(`Member must have value less than or equal to ${max}`);
  if (min !== undefined) said.push(`Member must have value greater than or equal to ${min}`);
  if (pattern) said.push(`Member must satisfy regular expression pattern: ${pattern.text}`);
  if (listed) said.push(`Member must satisfy enum value set: [${listed.join(', ')}]`);
  if (notNull) said.push('Member must not be null');
  return said;
}

function nullProblem(path: string, { hidesValues }: Check): string {
  return `Value${hidesValues ? '' : ' null'} at '${path}' failed to satisfy constraint: Member must not be null`;
}

/** In characters, where JavaScript counts halves of those beyond the first 65,536. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** As Java prints it. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value instanceof Uint8Array) return 'java.nio.HeapByteBuffer';
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${show(item)}`)
    .join(', ')}}`;
}

/** Where AWS's servers come by a member: they hold a structure's members in Java's HashMap, and go through that. */
function hashPlace(name: string, memberCount: number): number {
  let buckets = 16;
  while (memberCount > 0.75 * buckets) buckets *= 2;
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (31 * hash + name.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
