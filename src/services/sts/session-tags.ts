import type { Tag } from '@aws-sdk/client-sts';
import type { Session } from '../../aws/session-token.ts';
import { invalidParameter } from './errors.ts';

export type SessionTags = Pick<Session, 'tags' | 'transitiveTagKeys'>;

/**
 * The tags of a new session: those that are passed, and those that the calling session hands on.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 *
 * @throws WireError where the tags contradict each other, or what is handed on
 */
export function sessionTags(
  passed: readonly Tag[] = [],
  transitive: readonly string[] = [],
  calling: SessionTags | undefined,
): SessionTags {
  const inherited = inheritedTags(calling);
  const names = passed.map(({ Key }) => Key!.toLowerCase());
  if (new Set(names).size < names.length) {
    const message = 'Duplicate tag keys found. Please note that Tag keys are case insensitive.';
    throw invalidParameter(message);
  }
  if (transitive.some((key) => !names.includes(key.toLowerCase()))) {
    throw invalidParameter('The specified transitive tag key must be included in the requested tags.');
  }
  if (Object.keys(inherited).some((key) => names.includes(key.toLowerCase()))) {
    throw invalidParameter(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const tags = { ...inherited, ...Object.fromEntries(passed.map(({ Key, Value }) => [Key!, Value!])) };
  const keys = [...Object.keys(inherited), ...transitive];
  return {
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(keys.length > 0 ? { transitiveTagKeys: keys } : {}),
  };
}

export function tagBytes(passed: readonly Tag[] = []): number {
  return passed.reduce((sum, { Key = '', Value = '' }) => sum + Key.length + Value.length, 0);
}

function inheritedTags({ tags = {}, transitiveTagKeys = [] }: SessionTags = {}): Record<string, string> {
  const handedOn = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => handedOn.has(key.toLowerCase())));
}
