import { WireError } from './errors.ts';
import type { Member, Shape } from './shapes/shape.ts';

/** What AWS asks of a member. The SDK's schemas do not carry it, so services list it, from AWS's API reference. */
export interface Constraint {
  /** Of a text, a blob or a list. */
  minLength?: number;
  maxLength?: number;
  /** Of a number. */
  min?: number;
  max?: number;
  pattern?: AwsPattern;
  values?: readonly string[];
}

/** What the whole of a text has to match. */
export interface AwsPattern {
  /** As AWS writes it in its messages. */
  text: string;
  whole: RegExp;
}

/** A pattern in Java's notation, which writes characters beyond the first 65,536 as `\u10000`. */
export function awsPattern(text: string): AwsPattern {
  const source = text.replaceAll('\\u10000-\\u10FFFF', '\\u{10000}-\\u{10FFFF}');
  return { text, whole: new RegExp(`^(?:${source})$`, 'u') };
}

/** By the names of shape and member: `{ AssumeRoleRequest: { RoleArn: { minLength: 20 } } }`. */
export type Constraints = Readonly<Record<string, Readonly<Record<string, Constraint>>>>;

/** Members may be constraints of their own beside those of the list they stand in: `TransitiveTagKeys[]`. */
const ITEM = '[]';
const MOST_REPORTED = 100;

/**
 * Checks an input as AWS's servers do before an operation sees it: required members, then what `constraints` say. All
 * that is wrong is told at once, in their words.
 *
 * @throws WireError with `code`
 */
export function validate(shape: Shape, input: unknown, constraints: Constraints, code: string): void {
  const problems: string[] = [];
  checkStructure(shape, input, '', { constraints, problems });
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: `;
  throw new WireError(code, 400, count + problems.slice(0, MOST_REPORTED).join('; '));
}

interface Check {
  constraints: Constraints;
  problems: string[];
}

function checkStructure(shape: Shape, value: unknown, path: string, check: Check): void {
  const source = value as Readonly<Record<string, unknown>>;
  const rules = Object.hasOwn(check.constraints, shape.name) ? check.constraints[shape.name] : undefined;
  for (const member of shape.members) {
    const inner = source[member.name];
    const place = path + lowerFirst(member.name);
    if (inner === undefined || inner === null) {
      if (member.required) check.problems.push(nullProblem(place));
      continue;
    }
    checkMember(member, inner, place, rules, check);
  }
}

function checkMember(
  { name, shape }: Member,
  value: unknown,
  path: string,
  rules: Readonly<Record<string, Constraint>> | undefined,
  check: Check,
): void {
  const constraint = rules?.[name];
  if (constraint) check.problems.push(...violations(shape, value, path, constraint));
  checkInside(shape, value, path, rules?.[name + ITEM], check);
}

function checkInside(
  shape: Shape,
  value: unknown,
  path: string,
  items: Constraint | undefined,
  check: Check,
): void {
  if (shape.kind === 'structure' && !shape.streaming) checkStructure(shape, value, `${path}.`, check);
  else if (shape.kind === 'list') {
    for (const [index, item] of (value as unknown[]).entries()) {
      const place = `${path}.${index + 1}.member`;
      if (items) check.problems.push(...violations(shape.element, item, place, items));
      checkInside(shape.element, item, place, undefined, check);
    }
  } else if (shape.kind === 'map') {
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      if (item !== null) checkInside(shape.element, item, `${path}.${key}.member`, undefined, check);
    }
  }
}

function violations(shape: Shape, value: unknown, path: string, constraint: Constraint): string[] {
  const said: string[] = [];
  const { minLength, maxLength, min, max, pattern, values } = constraint;
  const length = lengthOf(value);
  if (minLength !== undefined && length < minLength) {
    said.push(`Member must have length greater than or equal to ${minLength}`);
  }
  if (maxLength !== undefined && length > maxLength) {
    said.push(`Member must have length less than or equal to ${maxLength}`);
  }
  if (pattern && !pattern.whole.test(String(value))) {
    said.push(`Member must satisfy regular expression pattern: ${pattern.text}`);
  }
  if (min !== undefined && Number(value) < min) {
    said.push(`Member must have value greater than or equal to ${min}`);
  }
  if (max !== undefined && Number(value) > max) {
    said.push(`Member must have value less than or equal to ${max}`);
  }
  if (values && !values.includes(String(value))) {
    said.push(`Member must satisfy enum value set: [${values.join(', ')}]`);
  }
  const shown = shape.traits.sensitive ? 'Value' : `Value '${show(value)}'`;
  return said.map((text) => `${shown} at '${path}' failed to satisfy constraint: ${text}`);
}

function nullProblem(path: string): string {
  return `Value null at '${path}' failed to satisfy constraint: Member must not be null`;
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

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
