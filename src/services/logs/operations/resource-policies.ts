import { createHash } from 'node:crypto';
import {
  type DeleteResourcePolicyCommandInput,
  type DeleteResourcePolicyCommandOutput,
  type DescribeResourcePoliciesCommandInput,
  type DescribeResourcePoliciesCommandOutput,
  OperationAbortedException,
  type PutResourcePolicyCommandInput,
  type PutResourcePolicyCommandOutput,
  type ResourcePolicy,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, limitExceeded, notFound } from '../errors.ts';
import { groupIdentified, type Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { checkAccessPolicy } from '../policy-documents.ts';
import { resourcePolicies } from '../stored.ts';

const MOST_POLICIES = 10;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html */
export function putResourcePolicy(
  logs: Logs,
): Operation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput> {
  return (input, call) => {
    const { policyName, policyDocument, resourceArn, expectedRevisionId } = input;
    const policies = resourcePolicies(logs);
    if (resourceArn !== undefined) groupIdentified(logs, call, resourceArn);
    else if (policyName === undefined) throw invalidParameter('policyName or resourceArn must be specified.');
    checkAccessPolicy(policyDocument);
    const [parent, name] = resourceArn === undefined ? ['', policyName!] : [resourceArn, ''];
    const before = policies.get(call, parent, name);
    checkRevision(before, expectedRevisionId);
    if (!before && resourceArn === undefined && policies.countOf(call, '') >= MOST_POLICIES) {
      throw limitExceeded();
    }
    const lastUpdatedTime = call.clock.now();
    const ofResource = resourceArn !== undefined && {
      resourceArn,
      revisionId: createHash('sha256')
        .update(`${lastUpdatedTime} ${policyDocument}`)
        .digest('hex')
        .slice(0, 32),
    };
    const policy: ResourcePolicy = {
      policyName,
      policyDocument,
      lastUpdatedTime,
      policyScope: resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE',
      ...ofResource,
    };
    policies.put(call, parent, name, policy);
    return { resourcePolicy: policy, revisionId: policy.revisionId };
  };
}

function checkRevision(before: ResourcePolicy | undefined, expected: string | undefined): void {
  if (expected === undefined || before?.revisionId === expected) return;
  throw new OperationAbortedException({
    message: 'The revision of the resource policy is not the expected one.',
    $metadata: {},
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html */
export function describeResourcePolicies(
  logs: Logs,
): Operation<DescribeResourcePoliciesCommandInput, DescribeResourcePoliciesCommandOutput> {
  return (input, call) => {
    const { resourceArn, policyScope = resourceArn === undefined ? 'ACCOUNT' : 'RESOURCE' } = input;
    const found = resourcePolicies(logs)
      .all(call)
      .filter(
        (policy) =>
          policy.policyScope === policyScope &&
          (resourceArn === undefined || policy.resourceArn === resourceArn),
      );
    const keyOf = (it: ResourcePolicy) => it.policyName ?? it.resourceArn!;
    const page = pageOf('DescribeResourcePolicies', found, keyOf, input);
    return { resourcePolicies: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy(
  logs: Logs,
): Operation<DeleteResourcePolicyCommandInput, DeleteResourcePolicyCommandOutput> {
  return ({ policyName = '', resourceArn, expectedRevisionId }, call) => {
    const policies = resourcePolicies(logs);
    const [parent, name] = resourceArn === undefined ? ['', policyName] : [resourceArn, ''];
    const before = policies.get(call, parent, name);
    if (before) checkRevision(before, expectedRevisionId);
    if (!policies.delete(call, parent, name)) {
      throw notFound(`Policy with name [${policyName}] does not exist.`);
    }
    return {};
  };
}
