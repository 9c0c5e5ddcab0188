import { TooManyTagsException } from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../storage/scope.ts';
import { invalidParameter } from './errors.ts';
import type { Logs } from './logs.ts';

const MOST_TAGS = 50;

/** What is asked of tags besides the constraints of the model. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(tags)) {
    if (/^aws:/i.test(key)) {
      throw invalidParameter('Tag keys starting with aws: are reserved for system use and can not be used.');
    }
  }
}

/** @throws TooManyTagsException when the resource would have more than 50 */
export function checkTagCount(all: Readonly<Record<string, string>>, resourceName: string): void {
  if (Object.keys(all).length <= MOST_TAGS) return;
  throw new TooManyTagsException({
    message: `The number of tags exceeds the limit of ${MOST_TAGS}.`,
    resourceName,
    $metadata: {},
  });
}

/** With its tags, where it has any. */
export function withTags<T extends { arn?: string | undefined }>(logs: Logs, scope: Scope, item: T): T {
  const tags = logs.tags.of(scope, item.arn!);
  return Object.keys(tags).length > 0 ? { ...item, tags } : item;
}
