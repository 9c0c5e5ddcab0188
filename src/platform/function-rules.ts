import type { Runtime, RuntimeCatalogue } from '../execution/runtime.ts';
import { RequestError } from './functions.ts';

/** In characters as a person counts them, roughly: Unicode code points. */
export const TITLE_LIMIT = 200;

/** Throws RequestError 400 unless a list can show the title on one line. */
export function checkTitle(title: string): void {
  if (title.trim() === '') throw new RequestError(400, 'title must not be empty');
  if ([...title].length > TITLE_LIMIT)
    throw new RequestError(400, `title must not be longer than ${TITLE_LIMIT} characters`);
  // Control characters, also those that turn the direction of text, would let a title redraw a terminal.
  if (/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(title))
    throw new RequestError(400, 'title must not contain line breaks or other control characters');
}

/** A title made of a file's or folder's name, which may be anything. */
export function titleFromName(name: string): string {
  const visible = name.replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu, ' ').trim();
  return [...(visible || 'function')].slice(0, TITLE_LIMIT).join('');
}

/** The code as the bytes to store. Throws RequestError: 400 for what is no text, 413 above `limit` bytes. */
export function checkCode(code: string, limit: number): Buffer {
  if (code.trim() === '') throw new RequestError(400, 'code must not be empty');
  if (/\p{Cs}/u.test(code)) throw new RequestError(400, 'code must be valid Unicode text');
  const bytes = Buffer.from(code);
  if (bytes.length > limit) throw codeTooLarge(limit, bytes.length);
  return bytes;
}

/** The one answer to too much code, whether it was counted or cut off while being received. */
export function codeTooLarge(limit: number, size?: number): RequestError {
  const found = size === undefined ? '' : `; it has ${size}`;
  return new RequestError(413, `code must not be larger than ${limit} bytes${found}`);
}

/** Throws RequestError 400, naming the field and what could have been meant. */
export function findRuntime(catalogue: RuntimeCatalogue, runtime: string, version: string): Runtime {
  const found = catalogue.find(runtime, version);
  if (found) return found;
  const versions = versionsOf(catalogue, runtime).map((one) => one.definition.version);
  if (versions.length === 0) throw unknownRuntime(catalogue, runtime);
  throw new RequestError(
    400,
    `version ${quote(version)} of ${runtime} is not known; known: ${versions.join(', ')}`,
  );
}

/** All versions of a language, newest first. */
export function versionsOf(catalogue: RuntimeCatalogue, runtime: string): Runtime[] {
  return catalogue.list().filter((one) => one.definition.runtime === runtime);
}

/** RequestError 400 that lists the languages there are. */
export function unknownRuntime(catalogue: RuntimeCatalogue, runtime: string): RequestError {
  const known = new Set(catalogue.list().map((one) => one.definition.runtime));
  return new RequestError(400, `runtime ${quote(runtime)} is not known; known: ${[...known].join(', ')}`);
}

/** What a caller sent, short enough to be sent back. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
