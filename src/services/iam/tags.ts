import type { Tag } from '@aws-sdk/client-iam';
import { invalidInput, limitExceeded } from './errors.ts';
import { pageOf } from './paging.ts';
import type { StoredTag } from './store/model.ts';

/** Keys of users' and roles' tags differ in more than their case; those of all else need not. */
export type KeyStyle = 'case-sensitive' | 'case-insensitive';

const MOST_TAGS = 50;

/**
 * The tags of something new. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 *
 * @throws InvalidInputException
 */
export function newTags(tags: readonly Tag[] | undefined, style: KeyStyle): StoredTag[] {
  return withTags([], tags ?? [], style);
}

/** @throws InvalidInputException, LimitExceededException */
export function withTags(old: readonly StoredTag[], tags: readonly Tag[], style: KeyStyle): StoredTag[] {
  const fold = foldOf(style);
  const names = tags.map(({ Key }) => fold(Key!));
  if (new Set(names).size < names.length) {
    const words = style === 'case-sensitive' ? '' : ' Please note that Tag keys are case insensitive.';
    throw invalidInput(`Duplicate tag keys found.${words}`);
  }
  if (names.some((name) => name.toLowerCase().startsWith('aws:'))) {
    throw invalidInput('Tag keys that start with "aws:" are reserved for system use.');
  }
  const result = new Map(old.map((tag) => [fold(tag.key), tag]));
  for (const { Key, Value } of tags) result.set(fold(Key!), { key: Key!, value: Value! });
  if (result.size > MOST_TAGS) throw limitExceeded('The number of tags has reached the maximum limit.');
  return [...result.values()];
}

export function withoutTags(
  old: readonly StoredTag[],
  keys: readonly string[],
  style: KeyStyle,
): StoredTag[] {
  const fold = foldOf(style);
  const gone = new Set(keys.map(fold));
  return old.filter(({ key }) => !gone.has(fold(key)));
}

/** As answers have them. */
export function toTags(tags: readonly StoredTag[]): Tag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

export function tagRecord(tags: readonly StoredTag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** What the `List…Tags` operations answer, sorted by key; keys of other case than another's stand by their length first. */
export function tagPage(
  tags: readonly StoredTag[],
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
  style: KeyStyle,
): { Tags: Tag[]; IsTruncated: boolean; Marker?: string } {
  const byLength = style === 'case-sensitive';
  const sorted = tags.toSorted(
    (a, b) => (byLength && a.key.length - b.key.length) || (a.key < b.key ? -1 : 1),
  );
  const { items, rest } = pageOf(sorted, input, ({ key }) => key);
  return { Tags: toTags(items), ...rest };
}

function foldOf(style: KeyStyle): (key: string) => string {
  return style === 'case-sensitive' ? (key) => key : (key) => key.toLowerCase();
}
