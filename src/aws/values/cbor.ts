import { cbor, dateToTag } from '@smithy/core/cbor';
import { MalformedValue } from '../errors.ts';
import type { Shape } from '../shapes/shape.ts';
import { fromSeconds } from './timestamps.ts';
import type { TreeFormat } from './tree.ts';

const EPOCH_TAG = 1;

/** @throws MalformedValue */
export function parseCbor(bytes: Uint8Array): unknown {
  try {
    return cbor.deserialize(bytes);
  } catch {
    throw new MalformedValue('The request body is not valid CBOR');
  }
}

/** The encoder writes into a buffer that it keeps for the next, so this is a copy. */
export function encodeCbor(tree: unknown): Uint8Array {
  return Uint8Array.from(cbor.serialize(tree));
}

export const CBOR: TreeFormat = {
  nameOf: ({ name }) => name,
  readBlob: (value) => (value instanceof Uint8Array ? Uint8Array.from(value) : undefined),
  writeBlob: (bytes) => bytes,
  readTimestamp: readTagged,
  writeTimestamp: (_shape, date) => dateToTag(date),
  writeNumber: (value) => value,
};

function readTagged(_shape: Shape, value: unknown): Date | undefined {
  if (typeof value === 'number') return fromSeconds(value);
  if (typeof value !== 'object' || value === null || !('tag' in value) || !('value' in value))
    return undefined;
  const seconds = typeof value.value === 'bigint' ? Number(value.value) : value.value;
  return value.tag === EPOCH_TAG && typeof seconds === 'number' ? fromSeconds(seconds) : undefined;
}
