import type { Iam } from '../iam.ts';
import { ownPolicy } from '../managed-policies.ts';
import type { Policy } from '../store/model.ts';
import { createPolicy, deletePolicy, getPolicy, listPolicies } from './policies.ts';
import {
  createPolicyVersion,
  deletePolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
} from './policy-versions.ts';
import { listTags, type Taggable, tag, untag } from './tags.ts';

export function policyOperations(iam: Iam) {
  const tagged: Taggable<{ PolicyArn: string | undefined }, Policy> = {
    table: iam.store.policies,
    style: 'case-sensitive',
    find: (home, { PolicyArn }) => ownPolicy(iam, home, PolicyArn!).policy,
  };
  return {
    CreatePolicy: createPolicy(iam),
    GetPolicy: getPolicy(iam),
    ListPolicies: listPolicies(iam),
    DeletePolicy: deletePolicy(iam),
    CreatePolicyVersion: createPolicyVersion(iam),
    GetPolicyVersion: getPolicyVersion(iam),
    ListPolicyVersions: listPolicyVersions(iam),
    DeletePolicyVersion: deletePolicyVersion(iam),
    SetDefaultPolicyVersion: setDefaultPolicyVersion(iam),
    TagPolicy: tag(tagged),
    UntagPolicy: untag(tagged),
    ListPolicyTags: listTags(tagged),
  };
}
