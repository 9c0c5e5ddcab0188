import { randomUUID } from 'node:crypto';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { preconditionFailed } from './errors.ts';
import type { VersionRecord } from './store/function-record.ts';

type RevisionIds = Pick<VersionRecord, 'revisionId' | 'settledRevisionId'>;
type Times = Pick<VersionRecord, 'activeAt' | 'updatedAt'>;

/** What is new in a version that was just made or changed, and is not ready before `until`. */
export function newRevision(
  clock: Clock,
  until: Milliseconds,
): RevisionIds & Pick<VersionRecord, 'revision' | 'lastModified' | 'updatedAt'> {
  return { ...newRevisionIds(), revision: randomUUID(), lastModified: clock.now(), updatedAt: until };
}

/** For a change that environments need not know of. */
export function newRevisionIds(): RevisionIds {
  return { revisionId: randomUUID(), settledRevisionId: randomUUID() };
}

export function newRevisionId(): string {
  return randomUUID();
}

/** The RevisionId of a version. */
export function revisionOf(record: RevisionIds & Times, now: Milliseconds): string {
  return now < settledAt(record) ? record.revisionId : record.settledRevisionId;
}

/** From when on a version is Active, and its last update Successful. */
export function settledAt({ activeAt, updatedAt }: Times): Milliseconds {
  return Math.max(activeAt, updatedAt);
}

/** @throws PreconditionFailedException where the request names a revision that is not the current one */
export function checkRevision(given: string | undefined, current: string): void {
  if (given !== undefined && given !== current) throw preconditionFailed();
}
