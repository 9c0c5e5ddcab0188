import type { GetAliasCommandInput, GetAliasCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { showAlias } from '../alias-config.ts';
import { notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn, resolveFunction } from '../names.ts';
import { latestOf } from '../transitions.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html */
export function getAlias(lambda: Lambda): Operation<GetAliasCommandInput, GetAliasCommandOutput> {
  return ({ FunctionName, Name }, call) => {
    const ref = resolveFunction(FunctionName!, undefined, call, 'GetAlias');
    latestOf(lambda, ref);
    const alias = lambda.aliases.get(ref, Name!);
    if (!alias) throw notFound(`Cannot find alias arn: ${functionArn(ref, Name!)}`);
    return showAlias(ref, alias);
  };
}
