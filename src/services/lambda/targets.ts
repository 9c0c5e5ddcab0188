import type { Call } from '../../aws/call.ts';
import { notFound } from './errors.ts';
import type { Lambda } from './lambda.ts';
import {
  arnOf,
  type FunctionRef,
  functionArn,
  isAliasName,
  isVersionNumber,
  LATEST,
  resolveFunction,
} from './names.ts';
import { newRevisionId, newRevisionIds, revisionOf } from './revisions.ts';
import type { AliasRecord } from './store/alias-store.ts';
import type { VersionRecord } from './store/function-record.ts';

/** What something is attached to, or asked of: the parts of it that are there. */
export interface Target {
  ref: FunctionRef;
  /** `$LATEST` where the request names none. */
  qualifier: string;
  /** The function's `$LATEST`; undefined where there is no such function. */
  latest: VersionRecord | undefined;
  alias: AliasRecord | undefined;
  /** The version that is meant, an alias's main one. */
  record: VersionRecord | undefined;
}

export interface ExistingTarget extends Target {
  latest: VersionRecord;
  record: VersionRecord;
}

interface Names {
  FunctionName?: string | undefined;
  Qualifier?: string | undefined;
}

/**
 * Looks up what a request names. Each operation has its own words for what is not there, so that this does not judge.
 *
 * @throws what `resolveFunction` throws
 */
export function lookUp({ functions, aliases }: Lambda, names: Names, call: Call, action: string): Target {
  const ref = resolveFunction(names.FunctionName!, names.Qualifier, call, action);
  const { qualifier = LATEST } = ref;
  const isVersion = qualifier === LATEST || isVersionNumber(qualifier);
  const alias = isVersion ? undefined : aliases.get(ref, qualifier);
  const version = isVersion ? qualifier : alias?.version;
  const record = version === undefined ? undefined : functions.version(ref, version);
  return { ref, qualifier, latest: functions.version(ref, LATEST), alias, record };
}

/** @throws ResourceNotFoundException in the words that most operations have */
export function mustExist(target: Target): ExistingTarget {
  if (!target.latest) throw notFound(`Function not found: ${functionArn(target.ref)}`);
  return mustExistQualified(target);
}

/** As `mustExist`, where the function is looked for with its qualifier. @throws ResourceNotFoundException */
export function mustExistQualified(target: Target): ExistingTarget {
  const { ref, qualifier, latest, record } = target;
  if (latest && record) return { ...target, latest, record };
  if (isAliasName(qualifier)) throw notFound(`Cannot find alias arn: ${arnOf(ref)}`);
  throw notFound(`Function not found: ${arnOf(ref)}`);
}

/** What the RevisionId of a target's policy is: that of the version, or the alias. */
export function targetRevision({ clock }: Lambda, { alias, record }: ExistingTarget): string {
  return alias ? alias.revisionId : revisionOf(record, clock.now());
}

/** Gives a version or an alias a new RevisionId, as changes of what hangs on it do. */
export function touch({ functions, aliases }: Lambda, { ref, alias, record }: ExistingTarget): void {
  if (alias) aliases.put(ref, { ...alias, revisionId: newRevisionId() });
  else functions.put(ref, { ...record, ...newRevisionIds() });
}
