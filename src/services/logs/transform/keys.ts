import type {
  AddKeys,
  CopyValue,
  DeleteKeys,
  ListToMap,
  MoveKeys,
  RenameKeys,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  deleteAt,
  isObject,
  offerAt,
  type ProcessorStep,
  pathOf,
  setAt,
  type TransformedEvent,
  TransformerProblem,
  type TransformInput,
  valueAt,
} from './event.ts';

export function addKeys({ entries }: AddKeys): ProcessorStep {
  const added = entries!.map(({ key, value, overwriteIfExists = false }) => ({
    path: pathOf(key!),
    value,
    overwriteIfExists,
  }));
  return (event) => {
    for (const { path, value, overwriteIfExists } of added) offerAt(event, path, value, overwriteIfExists);
  };
}

export function deleteKeys({ withKeys }: DeleteKeys): ProcessorStep {
  const paths = withKeys!.map(pathOf);
  return (event) => {
    for (const path of paths) deleteAt(event, path);
  };
}

export function moveKeys({ entries }: MoveKeys): ProcessorStep {
  const moves = entries!.map(({ source, target, overwriteIfExists = false }) => ({
    from: pathOf(source!),
    to: pathOf(target!),
    overwriteIfExists,
  }));
  return (event) => {
    for (const { from, to, overwriteIfExists } of moves) {
      const value = valueAt(event, from);
      if (value === undefined) continue;
      // What is moved to an object becomes a part of it.
      const place = isObject(valueAt(event, to)) ? [...to, from.at(-1)!] : to;
      if (place.join('.') === from.join('.')) continue;
      if (offerAt(event, place, value, overwriteIfExists)) deleteAt(event, from);
    }
  };
}

export function renameKeys({ entries }: RenameKeys): ProcessorStep {
  const renamed = entries!.map(({ key, renameTo, overwriteIfExists = false }) => ({
    from: pathOf(key!),
    to: pathOf(renameTo!),
    overwriteIfExists,
  }));
  return (event) => {
    for (const { from, to, overwriteIfExists } of renamed) {
      const value = valueAt(event, from);
      if (value === undefined || from.join('.') === to.join('.')) continue;
      if (overwriteIfExists || valueAt(event, to) === undefined) {
        deleteAt(event, from);
        setAt(event, to, value);
      }
    }
  };
}

const METADATA: Readonly<Record<string, (input: TransformInput) => string>> = {
  '@logGroupName': ({ group }) => group,
  '@logGroupStream': ({ stream }) => stream,
  '@accountId': ({ account }) => account,
  '@regionName': ({ region }) => region,
};

export function copyValue({ entries }: CopyValue): ProcessorStep {
  const copies = entries!.map(({ source, target, overwriteIfExists = false }) => {
    const metadata = Object.hasOwn(METADATA, source!) ? METADATA[source!] : undefined;
    const from = metadata ? [] : pathOf(source!);
    const read = metadata
      ? (_: TransformedEvent, input: TransformInput): unknown => metadata(input)
      : (event: TransformedEvent) => valueAt(event, from);
    return { read, to: pathOf(target!), overwriteIfExists };
  });
  return (event, input) => {
    for (const { read, to, overwriteIfExists } of copies) {
      const value = read(event, input);
      if (value !== undefined) offerAt(event, to, structuredClone(value), overwriteIfExists);
    }
  };
}

export function listToMap(config: ListToMap): ProcessorStep {
  const { flatten = false, flattenedElement } = config;
  if (flatten && flattenedElement === undefined) {
    throw new TransformerProblem('listToMap: flattenedElement must be specified when flatten is true.');
  }
  const from = pathOf(config.source!);
  const keyPath = pathOf(config.key!);
  const valuePath = config.valueKey === undefined ? undefined : pathOf(config.valueKey);
  const target = config.target === undefined ? undefined : pathOf(config.target);
  return (event) => {
    const list = valueAt(event, from);
    if (!Array.isArray(list)) return;
    const lists = new Map<string, unknown[]>();
    for (const item of list) {
      if (!isObject(item)) continue;
      const key = valueAt(item, keyPath);
      const value = valuePath ? valueAt(item, valuePath) : structuredClone(item);
      if (key === undefined || value === undefined) continue;
      const values = lists.get(String(key));
      if (values) values.push(value);
      else lists.set(String(key), [value]);
    }
    for (const [key, values] of lists) {
      const value = flatten ? values.at(flattenedElement === 'first' ? 0 : -1) : values;
      setAt(event, [...(target ?? []), key], value);
    }
  };
}
