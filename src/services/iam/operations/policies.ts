import type {
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
  DeletePolicyCommandInput,
  GetPolicyCommandInput,
  GetPolicyCommandOutput,
  ListPoliciesCommandInput,
  ListPoliciesCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, deleteConflict, quotaExceeded } from '../errors.ts';
import { type Home, homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { type ManagedPolicy, managedPolicy, ownPolicy, policyArn } from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import { validateIdentityPolicy } from '../policy/validate.ts';
import { usesOf } from '../policy-uses.ts';
import { type PolicyUses, tagsIfAny, toPolicy } from '../shapes.ts';
import { bytesOf } from '../sizes.ts';
import type { Policy } from '../store/model.ts';
import { newTags, toTags } from '../tags.ts';

export const LARGEST_POLICY = 6144;
const UNUSED: PolicyUses = { attached: 0, boundaries: 0 };

/** @throws MalformedPolicyDocumentException, LimitExceededException */
export function checkManagedDocument(document: string): void {
  validateIdentityPolicy(document);
  if (bytesOf(document) > LARGEST_POLICY) throw quotaExceeded('PolicySize', LARGEST_POLICY);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export function createPolicy({ store }: Iam): Operation<CreatePolicyCommandInput, CreatePolicyCommandOutput> {
  return ({ PolicyName, PolicyDocument, Path = '/', Description, Tags }, call) => {
    const home = homeOf(call);
    const tags = newTags(Tags, 'case-sensitive');
    checkManagedDocument(PolicyDocument!);
    if (store.policies.find(home, PolicyName!)) {
      throw alreadyExists(`A policy called ${PolicyName} already exists. Duplicate names are not allowed.`);
    }
    const created = wholeSeconds(call.clock.now());
    const policy: Policy = {
      id: newId('ANPA', home.account),
      name: PolicyName!,
      path: Path,
      created,
      updated: created,
      description: Description,
      tags,
      defaultVersion: 1,
      lastVersion: 1,
      versions: [{ number: 1, created, document: PolicyDocument! }],
    };
    store.policies.insert(home, policy);
    const managed = { arn: policyArn(home, policy), policy, awsManaged: false };
    return { Policy: { ...toPolicy(managed, UNUSED), ...tagsIfAny(tags) } };
  };
}

export function getPolicy(iam: Iam): Operation<GetPolicyCommandInput, GetPolicyCommandOutput> {
  return ({ PolicyArn }, call) => {
    const home = homeOf(call);
    const managed = managedPolicy(iam, home, PolicyArn!);
    const { description, tags } = managed.policy;
    return {
      Policy: {
        ...toPolicy(managed, usesOf(iam, home)(managed.arn)),
        ...(description === undefined ? {} : { Description: description }),
        Tags: toTags(tags),
      },
    };
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export function listPolicies(iam: Iam): Operation<ListPoliciesCommandInput, ListPoliciesCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter } = input;
    const uses = usesOf(iam, home);
    const wanted = (managed: ManagedPolicy) => {
      const { attached, boundaries } = uses(managed.arn);
      if (OnlyAttached && attached === 0) return false;
      if (PolicyUsageFilter === 'PermissionsPolicy' && attached === 0) return false;
      if (PolicyUsageFilter === 'PermissionsBoundary' && boundaries === 0) return false;
      return managed.policy.path.startsWith(PathPrefix);
    };
    const all = managedPolicies(iam, home, Scope).filter(wanted);
    const { items, rest } = pageOf(all, input, ({ arn }) => arn);
    return { Policies: items.map((managed) => toPolicy(managed, uses(managed.arn))), ...rest };
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export function deletePolicy(iam: Iam): Operation<DeletePolicyCommandInput, object> {
  return ({ PolicyArn }, call) => {
    const home = homeOf(call);
    const { arn, policy } = ownPolicy(iam, home, PolicyArn!);
    const { attached, boundaries } = usesOf(iam, home)(arn);
    if (attached + boundaries > 0) throw deleteConflict('Cannot delete a policy attached to entities.');
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    iam.store.policies.remove(policy);
    return {};
  };
}

/** Those of AWS, of the account, or both, sorted by name. */
export function managedPolicies({ store, awsManaged }: Iam, home: Home, scope: string): ManagedPolicy[] {
  const theirs = scope === 'Local' ? [] : awsManaged.list(home.partition);
  const ours = scope === 'AWS' ? [] : store.policies.list(home);
  const aws = { ...home, account: 'aws' };
  return [
    ...ours.map((policy) => ({ arn: policyArn(home, policy), policy, awsManaged: false })),
    ...theirs.map((policy) => ({ arn: policyArn(aws, policy), policy, awsManaged: true })),
  ];
}
