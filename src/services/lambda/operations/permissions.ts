import {
  type AddPermissionCommandInput,
  type AddPermissionCommandOutput,
  type AddPermissionRequest,
  type GetPolicyCommandInput,
  type GetPolicyCommandOutput,
  PreconditionFailedException,
  type RemovePermissionCommandInput,
  type RemovePermissionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, notFound, preconditionFailed } from '../errors.ts';
import type { Lambda } from '../lambda.ts';
import { functionArn, functionNotFound, LATEST } from '../names.ts';
import { type Statement, withoutStatement, withStatement } from '../policy.ts';
import type { Resources } from '../resources.ts';
import { lookUp, mustExist, targetRevision, touch } from '../targets.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function addPermission(
  lambda: Lambda,
  { policies }: Resources,
): Operation<AddPermissionCommandInput, AddPermissionCommandOutput> {
  return (input, call) => {
    const found = lookUp(lambda, input, call, 'AddPermission');
    const { ref, qualifier } = found;
    if (ref.qualifier === LATEST) {
      throw invalidParameter('We currently do not support adding policies for $LATEST.');
    }
    const target = mustExist(found);
    const statement = statementOf(input, functionArn(ref, ref.qualifier), call.partition);
    if (input.RevisionId !== undefined && input.RevisionId !== targetRevision(lambda, target))
      throw policyRevision();
    const policy = withStatement(policies.get(ref, qualifier), statement);
    lambda.functions.transaction(() => {
      policies.put(ref, qualifier, policy);
      touch(lambda, target);
    });
    return { Statement: JSON.stringify(statement) };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export function removePermission(
  lambda: Lambda,
  { policies }: Resources,
): Operation<RemovePermissionCommandInput, RemovePermissionCommandOutput> {
  return (input, call) => {
    const found = lookUp(lambda, input, call, 'RemovePermission');
    const { ref, qualifier, latest } = found;
    if (!latest) throw notFound(`No policy found for: ${functionArn(ref)}`);
    const target = mustExist(found);
    const policy = withoutStatement(policies.get(ref, qualifier), input.StatementId!);
    if (input.RevisionId !== undefined && input.RevisionId !== targetRevision(lambda, target))
      throw preconditionFailed();
    lambda.functions.transaction(() => {
      if (policy) policies.put(ref, qualifier, policy);
      else policies.delete(ref, qualifier);
      touch(lambda, target);
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
export function getPolicy(
  lambda: Lambda,
  { policies }: Resources,
): Operation<GetPolicyCommandInput, GetPolicyCommandOutput> {
  return (input, call) => {
    const found = lookUp(lambda, input, call, 'GetPolicy');
    if (!found.latest) throw functionNotFound({ ...found.ref, qualifier: undefined });
    const policy = policies.get(found.ref, found.qualifier);
    if (!policy) throw notFound('The resource you requested does not exist.');
    return { Policy: JSON.stringify(policy), RevisionId: targetRevision(lambda, mustExist(found)) };
  };
}

function policyRevision(): PreconditionFailedException {
  return new PreconditionFailedException({
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
    Type: 'User',
    $metadata: {},
  });
}

/** With members and conditions in the order in which AWS writes them. */
function statementOf(input: AddPermissionRequest, resource: string, partition: string): Statement {
  const { FunctionUrlAuthType, InvokedViaFunctionUrl, Action } = input;
  if (FunctionUrlAuthType !== undefined && Action !== 'lambda:InvokeFunctionUrl') {
    throw invalidParameter('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action');
  }
  const equals = present({
    'lambda:FunctionUrlAuthType': FunctionUrlAuthType,
    'aws:PrincipalOrgID': input.PrincipalOrgID,
    'AWS:SourceAccount': input.SourceAccount,
    'lambda:EventSourceToken': input.EventSourceToken,
  });
  const invoked = InvokedViaFunctionUrl === undefined ? undefined : String(InvokedViaFunctionUrl);
  const condition = {
    ...operator('StringEquals', equals),
    ...operator('ArnLike', present({ 'AWS:SourceArn': input.SourceArn })),
    ...operator('Bool', present({ 'lambda:InvokedViaFunctionUrl': invoked })),
  };
  return {
    Sid: input.StatementId!,
    Effect: 'Allow',
    Principal: principalOf(input.Principal!, partition),
    Action: Action!,
    Resource: resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

/** `s3.amazonaws.com`; Alexa's is `alexa-appkit.amazon.com`. */
const SERVICE = /^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/;

function principalOf(principal: string, partition: string): Statement['Principal'] {
  if (principal === '*') return principal;
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${partition}:iam::${principal}:root` };
  if (/^arn:[^:]+:(iam|sts)::\d{12}:.+$/.test(principal)) return { AWS: principal };
  if (SERVICE.test(principal)) return { Service: principal };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function operator(name: string, values: Record<string, string>): Record<string, Record<string, string>> {
  return Object.keys(values).length > 0 ? { [name]: values } : {};
}
