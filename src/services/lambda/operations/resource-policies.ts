import {
  type DeleteResourcePolicyCommandInput,
  type DeleteResourcePolicyCommandOutput,
  type GetResourcePolicyCommandInput,
  type GetResourcePolicyCommandOutput,
  PreconditionFailedException,
  type PutResourcePolicyCommandInput,
  type PutResourcePolicyCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, notFound } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { arnOf, LATEST, parseFunctionArn } from '../names.ts';
import { checkSize } from '../policy.ts';
import { readFunctionPolicy } from '../policy-document.ts';
import type { Resources } from '../resources.ts';
import { type ExistingTarget, lookUp, mustExist, targetRevision, touch } from '../targets.ts';

/**
 * Replaces the policy that AddPermission adds to.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
 */
export function putResourcePolicy(
  lambda: Lambda,
  { policies }: Resources,
): Operation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput> {
  return ({ ResourceArn, Policy, RevisionId }, call) => {
    const target = targetOf(lambda, ResourceArn!, call, 'PutResourcePolicy');
    const { ref, qualifier } = target;
    if (ref.qualifier === LATEST) {
      throw invalidParameter('We currently do not support adding policies for $LATEST.');
    }
    const policy = readFunctionPolicy(Policy!, arnOf(ref));
    checkSize(policy);
    checkPolicyRevision(lambda, target, RevisionId);
    lambda.functions.transaction(() => {
      policies.put(ref, qualifier, policy);
      touch(lambda, target);
    });
    return shown(lambda, targetOf(lambda, ResourceArn!, call, 'PutResourcePolicy'), policy);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetResourcePolicy.html */
export function getResourcePolicy(
  lambda: Lambda,
  { policies }: Resources,
): Operation<GetResourcePolicyCommandInput, GetResourcePolicyCommandOutput> {
  return ({ ResourceArn }, call) => {
    const target = targetOf(lambda, ResourceArn!, call, 'GetResourcePolicy');
    const policy = policies.get(target.ref, target.qualifier);
    if (!policy) throw notThere();
    return shown(lambda, target, policy);
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy(
  lambda: Lambda,
  { policies }: Resources,
): Operation<DeleteResourcePolicyCommandInput, DeleteResourcePolicyCommandOutput> {
  return ({ ResourceArn, RevisionId }, call) => {
    const target = targetOf(lambda, ResourceArn!, call, 'DeleteResourcePolicy');
    const { ref, qualifier } = target;
    if (!policies.get(ref, qualifier)) throw notThere();
    checkPolicyRevision(lambda, target, RevisionId);
    lambda.functions.transaction(() => {
      policies.delete(ref, qualifier);
      touch(lambda, target);
    });
    return {};
  };
}

/** The ARNs of runtimes, which AWS's pattern allows as well, are of accounts of AWS's own. @throws ResourceNotFoundException */
function targetOf(lambda: Lambda, arn: string, call: Call, action: string): ExistingTarget {
  if (!parseFunctionArn(arn)) throw notThere();
  return mustExist(lookUp(lambda, { FunctionName: arn }, call, action));
}

function shown(lambda: Lambda, target: ExistingTarget, policy: object) {
  return { Policy: JSON.stringify(policy), RevisionId: targetRevision(lambda, target) };
}

function checkPolicyRevision(lambda: Lambda, target: ExistingTarget, given: string | undefined): void {
  if (given === undefined || given === targetRevision(lambda, target)) return;
  throw new PreconditionFailedException({
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetResourcePolicy API to retrieve the latest Revision Id',
    Type: 'User',
    $metadata: {},
  });
}

function notThere(): Error {
  return notFound('The resource you requested does not exist.');
}
