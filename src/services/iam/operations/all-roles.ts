import { type Iam, roleNamed } from '../iam.ts';
import { ANY_ROLE, ROLE } from '../owners.ts';
import { modifiableRole } from '../protected-roles.ts';
import type { Role } from '../store/model.ts';
import { attachPolicy, detachPolicy, listAttachedPolicies } from './attachments.ts';
import { type Boundable, deleteBoundary, putBoundary } from './boundaries.ts';
import { deletePolicyOf, getPolicyOf, listPolicyNames, putPolicy } from './inline-policies.ts';
import {
  createRole,
  deleteRole,
  getRole,
  listRoles,
  updateAssumeRolePolicy,
  updateRole,
  updateRoleDescription,
} from './roles.ts';
import { listTags, type Taggable, tag, untag } from './tags.ts';

type RoleInput = { RoleName: string | undefined };

export function roleOperations(iam: Iam) {
  const tagged: Taggable<RoleInput, Role> = {
    table: iam.store.roles,
    style: 'case-insensitive',
    find: (home, { RoleName }) => roleNamed(iam, home, RoleName!),
  };
  const bounded: Boundable<RoleInput, Role> = {
    table: iam.store.roles,
    what: 'role',
    find: (home, { RoleName }) => modifiableRole(iam, home, RoleName!),
  };
  return {
    CreateRole: createRole(iam),
    GetRole: getRole(iam),
    ListRoles: listRoles(iam),
    UpdateRole: updateRole(iam),
    UpdateRoleDescription: updateRoleDescription(iam),
    UpdateAssumeRolePolicy: updateAssumeRolePolicy(iam),
    DeleteRole: deleteRole(iam),
    PutRolePermissionsBoundary: putBoundary(iam, bounded),
    DeleteRolePermissionsBoundary: deleteBoundary(bounded),
    AttachRolePolicy: attachPolicy(iam, ROLE),
    DetachRolePolicy: detachPolicy(iam, ROLE),
    ListAttachedRolePolicies: listAttachedPolicies(iam, ANY_ROLE),
    PutRolePolicy: putPolicy(iam, ROLE),
    GetRolePolicy: getPolicyOf(iam, ANY_ROLE, ({ name }, policy) => ({ RoleName: name, ...policy })),
    DeleteRolePolicy: deletePolicyOf(iam, ROLE),
    ListRolePolicies: listPolicyNames(iam, ANY_ROLE),
    TagRole: tag(tagged),
    UntagRole: untag(tagged),
    ListRoleTags: listTags(tagged),
  };
}
