import { NumericValue } from '@smithy/core/serde';
import { MalformedValue } from '../errors.ts';
import type { Member, Shape } from '../shapes/shape.ts';

/** How a format that has objects, lists and numbers of its own holds what it has no type for. */
export interface TreeFormat {
  /** Under which name a member travels. */
  nameOf(member: Member): string;
  readBlob(value: unknown): Uint8Array | undefined;
  writeBlob(bytes: Uint8Array): unknown;
  readTimestamp(shape: Shape, value: unknown): Date | undefined;
  writeTimestamp(shape: Shape, date: Date): unknown;
  /** What cannot be told apart from text otherwise. */
  writeNumber(value: number): unknown;
}

type Tree = Readonly<Record<string, unknown>>;

/**
 * Reads a parsed JSON or CBOR value as `shape`. Members that the schema does not know are dropped, as AWS drops them; a value
 * of another type is an error, where the SDK's own readers, which trust the service they talk to, would pass it on.
 */
export function readTree(format: TreeFormat, shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(format, shape, value);
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, 'List');
      return readList(format, shape, value);
    case 'map':
      return readMap(format, shape, value);
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, 'String');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, 'Boolean');
      return value;
    case 'number':
      return readNumber(value);
    case 'bigInteger':
      if (typeof value !== 'bigint' && !Number.isInteger(value)) throw mismatch(value, 'BigInteger');
      return BigInt(value as number | bigint);
    case 'bigDecimal':
      if (value instanceof NumericValue) return value;
      if (typeof value !== 'number') throw mismatch(value, 'BigDecimal');
      return new NumericValue(String(value), 'bigDecimal');
    case 'blob': {
      const bytes = format.readBlob(value);
      if (!bytes) throw mismatch(value, 'Blob');
      return bytes;
    }
    case 'timestamp': {
      const date = format.readTimestamp(shape, value);
      if (!date) throw mismatch(value, 'Timestamp');
      return date;
    }
    case 'document':
      return value;
    case 'unit':
      return {};
  }
}

/** The members of `shape` that `keep` names (by default all), as the format's object. */
export function writeStructure(
  format: TreeFormat,
  shape: Shape,
  value: unknown,
  keep: (member: Member) => boolean = () => true,
): Record<string, unknown> {
  const source = value as Tree;
  const tree: Record<string, unknown> = {};
  for (const member of shape.members) {
    const inner = source[member.name];
    // AWS leaves out what has no value; it never sends null in a structure.
    if (inner !== undefined && inner !== null && keep(member)) {
      tree[format.nameOf(member)] = writeTree(format, member.shape, inner);
    }
  }
  return tree;
}

export function writeTree(format: TreeFormat, shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
      return writeStructure(format, shape, value);
    case 'list':
      return (value as unknown[])
        .filter((item) => (item !== undefined && item !== null) || shape.traits.sparse)
        .map((item) => writeNullable(format, shape.element, item));
    case 'map':
      return writeMap(format, shape, value as Tree);
    case 'blob':
      return format.writeBlob(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array));
    case 'timestamp':
      return format.writeTimestamp(shape, value as Date);
    case 'number':
      return format.writeNumber(value as number);
    case 'unit':
      return {};
    default:
      return value;
  }
}

function readStructure(format: TreeFormat, shape: Shape, value: unknown): Record<string, unknown> {
  if (!isTree(value)) throw mismatch(value, 'Structure');
  const result: Record<string, unknown> = {};
  for (const member of shape.members) {
    const name = format.nameOf(member);
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (inner !== undefined && inner !== null) result[member.name] = readTree(format, member.shape, inner);
  }
  if (shape.union && Object.keys(result).length > 1) {
    throw new MalformedValue('Unexpected member: only one member of a union may be set');
  }
  return result;
}

function readList(format: TreeFormat, shape: Shape, items: readonly unknown[]): unknown[] {
  const { element, traits } = shape;
  return items.map((item) => {
    if (item !== null && item !== undefined) return readTree(format, element, item);
    if (traits.sparse) return null;
    throw new MalformedValue('Unexpected null in a list');
  });
}

function readMap(format: TreeFormat, shape: Shape, value: unknown): Record<string, unknown> {
  if (!isTree(value)) throw mismatch(value, 'Map');
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== null && item !== undefined) setOwn(result, key, readTree(format, shape.element, item));
    else if (shape.traits.sparse) setOwn(result, key, null);
  }
  return result;
}

function writeMap(format: TreeFormat, shape: Shape, value: Tree): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const missing = item === undefined || item === null;
    if (!missing || shape.traits.sparse) setOwn(result, key, writeNullable(format, shape.element, item));
  }
  return result;
}

function writeNullable(format: TreeFormat, shape: Shape, value: unknown): unknown {
  return value === undefined || value === null ? null : writeTree(format, shape, value);
}

function readNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw mismatch(value, 'Number');
}

/** Also a key called `__proto__` is only a key. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else target[key] = value;
}

function isTree(value: unknown): value is Tree {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof NumericValue)
  );
}

/** As AWS's servers say it, where `StringType` is expected and a number was sent: NUMBER_VALUE cannot be converted to String. */
function mismatch(value: unknown, expected: string): MalformedValue {
  if (Array.isArray(value)) return new MalformedValue('Start of list found where not expected');
  switch (typeof value) {
    case 'object':
      return new MalformedValue('Start of structure or map found where not expected.');
    case 'boolean':
      return new MalformedValue(`${value ? 'TRUE' : 'FALSE'}_VALUE cannot be converted to ${expected}`);
    case 'string':
      return new MalformedValue(`STRING_VALUE cannot be converted to ${expected}`);
    default:
      return new MalformedValue(`NUMBER_VALUE cannot be converted to ${expected}`);
  }
}
