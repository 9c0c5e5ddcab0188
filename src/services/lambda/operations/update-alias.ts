import type { UpdateAliasCommandInput, UpdateAliasCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { checkTarget, readWeights, showAlias } from '../alias-config.ts';
import { notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn, resolveFunction } from '../names.ts';
import { checkRevision, newRevisionId } from '../revisions.ts';
import { latestOf } from '../transitions.ts';

/**
 * What the request leaves out stays; an empty RoutingConfig takes the weights away.
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
 */
export function updateAlias(lambda: Lambda): Operation<UpdateAliasCommandInput, UpdateAliasCommandOutput> {
  return ({ FunctionName, Name, FunctionVersion, Description, RoutingConfig, RevisionId }, call) => {
    const ref = resolveFunction(FunctionName!, undefined, call, 'UpdateAlias');
    latestOf(lambda, ref);
    const before = lambda.aliases.get(ref, Name!);
    if (!before) throw notFound(`Alias not found: ${functionArn(ref, Name!)}`);
    checkRevision(RevisionId, before.revisionId);
    const version = FunctionVersion ?? before.version;
    if (FunctionVersion !== undefined) checkTarget(lambda, ref, version);
    const given = RoutingConfig ?? { AdditionalVersionWeights: { ...before.weights } };
    const alias = {
      name: before.name,
      version,
      description: Description ?? before.description,
      revisionId: newRevisionId(),
      weights: readWeights(lambda, ref, version, given),
    };
    lambda.aliases.put(ref, alias);
    lambda.aliasMoved(ref);
    return showAlias(ref, alias);
  };
}
