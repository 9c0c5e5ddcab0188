import type { Call } from '../../aws/call.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, functionNotFound, isVersionNumber, LATEST, resolveFunction } from './names.ts';
import type { AliasRecord } from './store/alias-store.ts';
import type { VersionRecord } from './store/function-record.ts';

/** What a request's names lead to. */
export interface Found {
  ref: FunctionRef;
  record: VersionRecord;
  /** Where the qualifier is an alias. */
  alias: AliasRecord | undefined;
}

interface Names {
  FunctionName: string | undefined;
  Qualifier?: string | undefined;
}

/**
 * The version that a request means: `$LATEST` unless it says otherwise, and for an alias its main version.
 *
 * @throws ResourceNotFoundException, and what `resolveFunction` throws
 */
export function findVersion(
  { functions, aliases }: Lambda,
  { FunctionName, Qualifier }: Names,
  call: Call,
  action: string,
): Found {
  const ref = resolveFunction(FunctionName!, Qualifier, call, action);
  const { qualifier = LATEST } = ref;
  const isVersion = qualifier === LATEST || isVersionNumber(qualifier);
  const alias = isVersion ? undefined : aliases.get(ref, qualifier);
  const version = isVersion ? qualifier : alias?.version;
  const record = version === undefined ? undefined : functions.version(ref, version);
  if (!record) throw functionNotFound(ref);
  return { ref, record, alias };
}
