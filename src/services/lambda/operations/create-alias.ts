import type { CreateAliasCommandInput, CreateAliasCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { checkTarget, readWeights, showAlias } from '../alias-config.ts';
import { conflict } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn, resolveFunction } from '../names.ts';
import { newRevisionId } from '../revisions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
export function createAlias(lambda: Lambda): Operation<CreateAliasCommandInput, CreateAliasCommandOutput> {
  return ({ FunctionName, Name, FunctionVersion, Description = '', RoutingConfig = {} }, call) => {
    const ref = resolveFunction(FunctionName!, undefined, call, 'CreateAlias');
    checkTarget(lambda, ref, FunctionVersion!);
    if (lambda.aliases.get(ref, Name!)) {
      throw conflict(`Alias already exists: ${functionArn(ref, Name!)}`);
    }
    const alias = {
      name: Name!,
      version: FunctionVersion!,
      description: Description,
      revisionId: newRevisionId(),
      weights: readWeights(lambda, ref, FunctionVersion!, RoutingConfig),
    };
    lambda.aliases.put(ref, alias);
    return showAlias(ref, alias);
  };
}
