import { RequestError } from './functions.ts';
import { sha256 } from './packages.ts';

/** What tells one state of a function from another: all that a PATCH can change. */
export interface Revised {
  title: string;
  runtime: string;
  version: string;
}

/** Enough of a hash that two states of one function never share it. */
const LENGTH = 16;
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

/** The revision of a function whose code has this SHA-256, in hexadecimal. */
export function revisionOf({ title, runtime, version }: Revised, codeSha256: string): string {
  return sha256(JSON.stringify([title, runtime, version, codeSha256])).slice(0, LENGTH);
}

/** The revision as an entity tag (RFC 9110, section 8.8.3). */
export function entityTag(revision: string): string {
  return `"${revision}"`;
}

/** What `If-Match` asks: that the function exists, which a change needs anyway, or that it has one of these revisions. */
export type Condition = 'any' | ReadonlySet<string>;

/**
 * Reads `If-Match` (RFC 9110, section 13.1.1). Weak tags match nothing there. RequestError 400 for what is no list of
 * tags: it was meant to keep a change from being made, and must not be overlooked.
 */
export function parseIfMatch(header: string | undefined): Condition | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  const tags = [...header.matchAll(TAG)];
  if (tags.length === 0 || !/^[\s,]*$/.test(header.replaceAll(TAG, '')))
    throw new RequestError(400, 'if-match must be * or a list of entity tags in double quotes');
  return new Set(tags.filter(([, weak]) => !weak).map(([, , revision]) => revision!));
}

/** The function is not the one that the caller wanted to change. */
export class FunctionChanged extends RequestError {
  readonly headers: Record<string, string>;

  /** `revision` is what is stored now. */
  constructor(revision: string) {
    super(
      412,
      'the function was changed meanwhile: read it again, and repeat the change if it is still wanted',
    );
    this.headers = { etag: entityTag(revision) };
  }
}

/** Throws FunctionChanged unless the function's revision is one of these. */
export function checkCondition(wanted: ReadonlySet<string>, revision: string): void {
  if (!wanted.has(revision)) throw new FunctionChanged(revision);
}
