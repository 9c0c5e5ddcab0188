import type { DeleteFunctionCommandInput, DeleteFunctionCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { releaseCode } from '../code-source.ts';
import { conflict, invalidParameter } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import {
  type FunctionRef,
  functionArn,
  functionNotFound,
  isAliasName,
  isVersionNumber,
  LATEST,
  resolveFunction,
} from '../names.ts';
import type { VersionRecord } from '../store/function-record.ts';

/**
 * A function with all that belongs to it, or one version.
 * https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
 */
export function deleteFunction(
  lambda: Lambda,
): Operation<DeleteFunctionCommandInput, DeleteFunctionCommandOutput> {
  return (input, call) => {
    const ref = resolveFunction(input.FunctionName!, input.Qualifier, call, 'DeleteFunction');
    return lambda.changing(ref, async () => {
      const { qualifier } = ref;
      const gone =
        qualifier === undefined ? removeFunction(lambda, ref) : removeVersion(lambda, ref, qualifier);
      if (qualifier === undefined) lambda.host.retire(functionArn(ref));
      for (const { code } of gone) releaseCode(lambda, code);
      return { StatusCode: 204 };
    });
  };
}

function removeFunction(lambda: Lambda, ref: FunctionRef): VersionRecord[] {
  const { functions, aliases, cleanups } = lambda;
  return functions.transaction(() => {
    const versions = functions.versions(ref);
    aliases.forget(ref);
    if (!functions.deleteFunction(ref)) throw functionNotFound({ ...ref, qualifier: undefined });
    for (const cleanup of cleanups) cleanup.functionDeleted({ ...ref, arn: functionArn(ref) });
    return versions;
  });
}

function removeVersion(lambda: Lambda, ref: FunctionRef, version: string): VersionRecord[] {
  const { functions, aliases, cleanups } = lambda;
  if (version === LATEST) {
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
  }
  if (isAliasName(version)) throw invalidParameter('Deletion of aliases is not currently supported.');
  // Neither a version nor an alias can be called so, which is no error.
  if (!isVersionNumber(version)) return [];
  return functions.transaction(() => {
    const record = functions.version(ref, version);
    if (!functions.exists(ref)) throw functionNotFound({ ...ref, qualifier: undefined });
    if (!record) return [];
    const using = aliases
      .list(ref)
      .filter((alias) => alias.version === version || Object.hasOwn(alias.weights, version));
    if (using.length > 0) {
      throw conflict(`Version ${version} is referenced by alias ${using.map(({ name }) => name).join(', ')}`);
    }
    functions.deleteVersion(ref, version);
    for (const cleanup of cleanups) cleanup.qualifierDeleted?.({ ...ref, arn: functionArn(ref) }, version);
    return [record];
  });
}
