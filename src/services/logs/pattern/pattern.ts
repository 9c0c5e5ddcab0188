import { jsonMatcher } from './json-matcher.ts';
import { parseJsonPattern } from './json-parser.ts';
import { spaceMatcher } from './space-matcher.ts';
import { parseSpacePattern } from './space-parser.ts';
import { termMatcher } from './terms.ts';

/** What a pattern took out of a message: `$.user.name` or `$status` → value. */
export type Extracted = Record<string, string>;

/** A filter pattern that was read. */
export interface FilterPattern {
  matches(message: string): boolean;
  /** What TestMetricFilter shows of a message that matches; undefined for one that doesn't. */
  extract(message: string): Extracted | undefined;
}

/**
 * Reads a filter pattern: terms, `{ … }` for JSON or `[ … ]` for messages of fields between spaces.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws PatternError
 */
export function parseFilterPattern(text: string): FilterPattern {
  const pattern = text.trim();
  if (pattern.startsWith('{')) return jsonMatcher(parseJsonPattern(pattern));
  if (pattern.startsWith('[')) return spaceMatcher(parseSpacePattern(pattern));
  return termMatcher(pattern);
}
