import type {
  AttachedPermissionsBoundary,
  Group as GroupShape,
  InstanceProfile as InstanceProfileShape,
  PermissionsBoundaryAttachmentType,
  Policy as PolicyShape,
  PolicyVersion as PolicyVersionShape,
  Role as RoleShape,
  User as UserShape,
} from '@aws-sdk/client-iam';
import { arnOf, type Home } from './home.ts';
import { encodeDocument, groupArn, type Iam, roleArn, userArn } from './iam.ts';
import type { ManagedPolicy } from './managed-policies.ts';
import type { Bounded } from './store/entities.ts';
import type { Group, InstanceProfile, Policy, PolicyVersion, Role, StoredTag, User } from './store/model.ts';
import { toTags } from './tags.ts';

/** What AWS answers; the one value that its models know is another. */
const POLICY = 'Policy' as string as PermissionsBoundaryAttachmentType;

/** What every answer has of a user; some have more. */
export function toUser(home: Home, user: User): UserShape {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: userArn(home, user),
    CreateDate: new Date(user.created),
  };
}

export function toGroup(home: Home, group: Group): GroupShape {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: groupArn(home, group),
    CreateDate: new Date(group.created),
  };
}

/** What every answer has of a role; some have more. */
export function toRole(home: Home, role: Role): RoleShape {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: roleArn(home, role),
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
  };
}

export function lastUsedOf({ usage }: Iam, role: Role): { RoleLastUsed: RoleShape['RoleLastUsed'] } {
  const used = usage.ofRole(role.id, role.lastUsed);
  return { RoleLastUsed: used ? { LastUsedDate: new Date(used.date), Region: used.region } : {} };
}

export function boundaryOf({ boundary }: Bounded): { PermissionsBoundary?: AttachedPermissionsBoundary } {
  if (boundary === undefined) return {};
  return {
    PermissionsBoundary: { PermissionsBoundaryType: POLICY, PermissionsBoundaryArn: boundary },
  };
}

/** Of users and roles, which say nothing where they have no tags. */
export function tagsIfAny(tags: readonly StoredTag[]): { Tags?: UserShape['Tags'] } {
  return tags.length === 0 ? {} : { Tags: toTags(tags) };
}

export interface PolicyUses {
  attached: number;
  boundaries: number;
}

export function toPolicy({ arn, policy }: ManagedPolicy, { attached, boundaries }: PolicyUses): PolicyShape {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: arn,
    Path: policy.path,
    DefaultVersionId: `v${policy.defaultVersion}`,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: new Date(policy.created),
    UpdateDate: new Date(policy.updated),
  };
}

/** Without its document, which some answers have besides. */
export function toPolicyVersion({ defaultVersion }: Policy, version: PolicyVersion): PolicyVersionShape {
  return {
    VersionId: `v${version.number}`,
    IsDefaultVersion: version.number === defaultVersion,
    CreateDate: new Date(version.created),
  };
}

export function toInstanceProfile(
  { store }: Iam,
  home: Home,
  profile: InstanceProfile,
): InstanceProfileShape {
  const roles = store.members.of(profile).flatMap((id) => store.roles.get(id) ?? []);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: arnOf(home, 'instance-profile', profile.path, profile.name),
    CreateDate: new Date(profile.created),
    Roles: roles.map((role) => toRole(home, role)),
  };
}
