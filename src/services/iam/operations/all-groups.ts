import type { Iam } from '../iam.ts';
import { GROUP } from '../owners.ts';
import { attachPolicy, detachPolicy, listAttachedPolicies } from './attachments.ts';
import {
  addUserToGroup,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listGroupsForUser,
  removeUserFromGroup,
  updateGroup,
} from './groups.ts';
import { deletePolicyOf, getPolicyOf, listPolicyNames, putPolicy } from './inline-policies.ts';

export function groupOperations(iam: Iam) {
  return {
    CreateGroup: createGroup(iam),
    GetGroup: getGroup(iam),
    ListGroups: listGroups(iam),
    UpdateGroup: updateGroup(iam),
    DeleteGroup: deleteGroup(iam),
    AddUserToGroup: addUserToGroup(iam),
    RemoveUserFromGroup: removeUserFromGroup(iam),
    ListGroupsForUser: listGroupsForUser(iam),
    AttachGroupPolicy: attachPolicy(iam, GROUP),
    DetachGroupPolicy: detachPolicy(iam, GROUP),
    ListAttachedGroupPolicies: listAttachedPolicies(iam, GROUP),
    PutGroupPolicy: putPolicy(iam, GROUP),
    GetGroupPolicy: getPolicyOf(iam, GROUP, ({ name }, policy) => ({ GroupName: name, ...policy })),
    DeleteGroupPolicy: deletePolicyOf(iam, GROUP),
    ListGroupPolicies: listPolicyNames(iam, GROUP),
  };
}
