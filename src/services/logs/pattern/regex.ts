import { PatternError } from './error.ts';

/** AWS's regular expressions have neither groups nor counts, so that none of them can take for ever. */
const ALLOWED = /^(?:\\[dDsSwW]|\\x[0-9A-Fa-f]{2}|\\[^A-Za-z0-9]|[^\\(){}])*$/;
/** `{2}`, `{2,}`, `{2,5}`. */
const COUNTS = /\{\d{1,2}(?:,\d{0,2})?\}/g;

/**
 * What stands between two `%`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions
 */
export function parseRegex(source: string): RegExp {
  if (source === '' || !ALLOWED.test(source.replace(COUNTS, ''))) throw new PatternError();
  try {
    return new RegExp(source);
  } catch {
    throw new PatternError();
  }
}
