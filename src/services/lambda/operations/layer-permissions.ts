import {
  type AddLayerVersionPermissionCommandInput,
  type AddLayerVersionPermissionCommandOutput,
  type GetLayerVersionPolicyCommandInput,
  type GetLayerVersionPolicyCommandOutput,
  PreconditionFailedException,
  type RemoveLayerVersionPermissionCommandInput,
  type RemoveLayerVersionPermissionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, notFound } from '../errors.ts';
import { checkLayerVersion, type LayerRef, layerVersionArn, resolveLayer } from '../layer-names.ts';
import { type Policy, type Statement, withoutStatement, withStatement } from '../policy.ts';
import type { Resources } from '../resources.ts';
import { newRevisionId } from '../revisions.ts';
import type { LayerRecord } from '../store/layer-store.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html */
export function addLayerVersionPermission(
  resources: Resources,
): Operation<AddLayerVersionPermissionCommandInput, AddLayerVersionPermissionCommandOutput> {
  return (input, call) => {
    const { ref, record, arn } = findLayer(resources, input, call, 'AddLayerVersionPermission');
    if (input.OrganizationId !== undefined && input.Principal !== '*') {
      throw invalidParameter('If organization id is specified then principal should be *');
    }
    checkPolicyRevision(input.RevisionId, record);
    const statement: Statement = {
      Sid: input.StatementId!,
      Effect: 'Allow',
      Principal: principalOf(input.Principal!, call.partition),
      Action: input.Action!,
      Resource: arn,
      ...(input.OrganizationId === undefined
        ? {}
        : { Condition: { StringEquals: { 'aws:PrincipalOrgID': input.OrganizationId } } }),
    };
    const RevisionId = putPolicy(resources, ref, record, withStatement(record.policy, statement));
    return { Statement: JSON.stringify(statement), RevisionId };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html */
export function removeLayerVersionPermission(
  resources: Resources,
): Operation<RemoveLayerVersionPermissionCommandInput, RemoveLayerVersionPermissionCommandOutput> {
  return (input, call) => {
    const { ref, record } = findLayer(resources, input, call, 'RemoveLayerVersionPermission');
    checkPolicyRevision(input.RevisionId, record);
    if (!record.policy) throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
    putPolicy(resources, ref, record, withoutStatement(record.policy, input.StatementId!));
    return {};
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html */
export function getLayerVersionPolicy(
  resources: Resources,
): Operation<GetLayerVersionPolicyCommandInput, GetLayerVersionPolicyCommandOutput> {
  return (input, call) => {
    const { record } = findLayer(resources, input, call, 'GetLayerVersionPolicy');
    if (!record.policy) throw notFound('No policy is associated with the given resource.');
    return { Policy: JSON.stringify(record.policy), RevisionId: record.policyRevision };
  };
}

function findLayer(
  { layers }: Resources,
  { LayerName, VersionNumber }: { LayerName?: string | undefined; VersionNumber?: number | undefined },
  call: Call,
  action: string,
): { ref: LayerRef; record: LayerRecord; arn: string } {
  checkLayerVersion(VersionNumber!);
  const ref = resolveLayer(LayerName!, call, action);
  const arn = layerVersionArn(ref, VersionNumber!);
  const record = layers.get(ref, VersionNumber!);
  if (!record) throw notFound(`Layer version ${arn} does not exist.`);
  return { ref, record, arn };
}

function putPolicy(
  { layers }: Resources,
  ref: LayerRef,
  { policy: _, policyRevision: __, ...record }: LayerRecord,
  policy: Policy | undefined,
): string {
  const policyRevision = newRevisionId();
  layers.put(ref, policy ? { ...record, policy, policyRevision } : { ...record, policyRevision });
  return policyRevision;
}

function checkPolicyRevision(given: string | undefined, { policyRevision }: LayerRecord): void {
  if (given === undefined || given === policyRevision) return;
  throw new PreconditionFailedException({
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
    Type: 'User',
    $metadata: {},
  });
}

function principalOf(principal: string, partition: string): Statement['Principal'] {
  if (principal === '*') return principal;
  return { AWS: principal.startsWith('arn:') ? principal : `arn:${partition}:iam::${principal}:root` };
}
