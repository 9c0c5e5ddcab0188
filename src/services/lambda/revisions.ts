import { randomUUID } from 'node:crypto';
import { preconditionFailed } from './errors.ts';

export function newRevisionId(): string {
  return randomUUID();
}

/** @throws PreconditionFailedException where the request names a revision that is not the current one */
export function checkRevision(given: string | undefined, current: string): void {
  if (given !== undefined && given !== current) throw preconditionFailed();
}
