import type { FunctionConfiguration, LastUpdateStatusReasonCode } from '@aws-sdk/client-lambda';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { type FunctionRef, functionArn, LATEST } from './names.ts';
import { revisionOf, settledAt } from './revisions.ts';
import type { StoredCode, VersionRecord } from './store/function-record.ts';

export interface ShowOptions {
  /** With the version (or this alias) behind the ARN. */
  qualifier?: string | undefined;
  /** False in answers that tell of a new function or version, which have no LastUpdateStatus. */
  updateStatus?: boolean;
  /** The answer to what made or changed the version, which is never ready by then, however long the answer took. */
  changed?: boolean;
}

const CREATING = { reason: 'The function is being created.', code: 'Creating' } as const;

/** A version as GetFunctionConfiguration answers it. Members that are undefined are not sent. */
export function showConfiguration(
  ref: FunctionRef,
  record: VersionRecord,
  clock: Clock,
  { qualifier, updateStatus = true, changed = false }: ShowOptions = {},
): FunctionConfiguration {
  const now = changed ? settledAt(record) - 0.5 : clock.now();
  return {
    ...showListed(ref, record, now, qualifier),
    RuntimeVersionConfig: record.settings.RuntimeVersionConfig,
    ...showState(record, now),
    ...(updateStatus ? showUpdate(record, now) : {}),
  };
}

/** Lists leave out what tells of states. https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export function showListed(
  ref: FunctionRef,
  record: VersionRecord,
  now: Milliseconds,
  qualifier?: string,
): FunctionConfiguration {
  const { code, settings } = record;
  const { RuntimeVersionConfig: _, ...listed } = settings;
  return {
    ...listed,
    FunctionName: ref.name,
    FunctionArn: functionArn(ref, qualifier),
    Version: record.version,
    CodeSize: code.kind === 'zip' ? code.size : 0,
    CodeSha256: codeSha256(code),
    LastModified: lastModified(record.lastModified),
    RevisionId: revisionOf(record, now),
  };
}

/** In base64 of a package; of an image the digest, in hex. */
export function codeSha256(code: StoredCode): string {
  return code.kind === 'zip' ? Buffer.from(code.sha256, 'hex').toString('base64') : code.digest;
}

/** The version behind `qualifier` goes behind the ARN, except for an unqualified request. */
export function shownQualifier(qualifier: string | undefined, record: VersionRecord): string | undefined {
  if (qualifier === undefined) return undefined;
  return qualifier === LATEST ? LATEST : record.version;
}

function showState({ activeAt }: VersionRecord, now: Milliseconds): FunctionConfiguration {
  if (now >= activeAt) return { State: 'Active' };
  return { State: 'Pending', StateReason: CREATING.reason, StateReasonCode: CREATING.code };
}

function showUpdate({ updatedAt }: VersionRecord, now: Milliseconds): FunctionConfiguration {
  if (now >= updatedAt) return { LastUpdateStatus: 'Successful' };
  return {
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: CREATING.reason,
    // AWS answers this code although its model does not know it here.
    LastUpdateStatusReasonCode: CREATING.code as LastUpdateStatusReasonCode,
  };
}

/** `2024-01-01T00:00:00.000+0000` */
function lastModified(time: Milliseconds): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
