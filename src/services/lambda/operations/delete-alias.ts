import type { DeleteAliasCommandInput, DeleteAliasCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn, resolveFunction } from '../names.ts';
import { latestOf } from '../transitions.ts';

/**
 * One that is not there is no error.
 * https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
 */
export function deleteAlias(lambda: Lambda): Operation<DeleteAliasCommandInput, DeleteAliasCommandOutput> {
  return ({ FunctionName, Name }, call) => {
    const { aliases, cleanups, functions } = lambda;
    const ref = resolveFunction(FunctionName!, undefined, call, 'DeleteAlias');
    latestOf(lambda, ref);
    functions.transaction(() => {
      if (!aliases.delete(ref, Name!)) return;
      for (const cleanup of cleanups) cleanup.qualifierDeleted?.({ ...ref, arn: functionArn(ref) }, Name!);
    });
    return {};
  };
}
