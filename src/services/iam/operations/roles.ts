import type {
  CreateRoleCommandInput,
  CreateRoleCommandOutput,
  DeleteRoleCommandInput,
  GetRoleCommandInput,
  GetRoleCommandOutput,
  ListRolesCommandInput,
  ListRolesCommandOutput,
  UpdateAssumeRolePolicyCommandInput,
  UpdateRoleCommandInput,
  UpdateRoleDescriptionCommandInput,
  UpdateRoleDescriptionCommandOutput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, deleteConflict, invalidInput, quotaExceeded } from '../errors.ts';
import { type Home, homeOf } from '../home.ts';
import { type Iam, roleNamed, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { checkBoundary } from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import { validateTrustPolicy } from '../policy/validate-trust.ts';
import { principalExists } from '../principals.ts';
import { modifiableRole, SERVICE_ROLES } from '../protected-roles.ts';
import { boundaryOf, lastUsedOf, tagsIfAny, toRole } from '../shapes.ts';
import { bytesOf } from '../sizes.ts';
import type { Role } from '../store/model.ts';
import { newTags } from '../tags.ts';

const USUAL_DURATION = 3600;
const LARGEST_TRUST_POLICY = 2048;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export function createRole(iam: Iam): Operation<CreateRoleCommandInput, CreateRoleCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { Path = '/', RoleName, Description, MaxSessionDuration = USUAL_DURATION } = input;
    const tags = newTags(input.Tags, 'case-insensitive');
    if (Path.startsWith(SERVICE_ROLES)) {
      throw invalidInput(`Path prefix '${SERVICE_ROLES}' can only be used for AWS Service linked Roles`);
    }
    const trust = input.AssumeRolePolicyDocument!;
    checkTrust(iam, home, trust);
    if (iam.store.roles.find(home, RoleName!)) {
      throw alreadyExists(`Role with name ${RoleName} already exists.`);
    }
    const boundary = input.PermissionsBoundary;
    if (boundary !== undefined) checkBoundary(iam, home, boundary);
    const role: Role = {
      id: newId('AROA', home.account),
      name: RoleName!,
      path: Path,
      created: wholeSeconds(call.clock.now()),
      trust,
      description: Description,
      maxSessionDuration: MaxSessionDuration,
      tags,
      boundary,
    };
    iam.store.roles.insert(home, role);
    return { Role: { ...toRole(home, role), ...tagsIfAny(tags), ...boundaryOf(role) } };
  };
}

export function getRole(iam: Iam): Operation<GetRoleCommandInput, GetRoleCommandOutput> {
  return ({ RoleName }, call) => {
    const home = homeOf(call);
    const role = roleNamed(iam, home, RoleName!);
    return {
      Role: {
        ...toRole(home, role),
        ...descriptionOf(role),
        MaxSessionDuration: role.maxSessionDuration,
        ...boundaryOf(role),
        ...tagsIfAny(role.tags),
        ...lastUsedOf(iam, role),
      },
    };
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export function listRoles({ store }: Iam): Operation<ListRolesCommandInput, ListRolesCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { items, rest } = pageOf(store.roles.list(home, input.PathPrefix), input, ({ id }) => id);
    const Roles = items.map((role) => ({
      ...toRole(home, role),
      ...descriptionOf(role),
      MaxSessionDuration: role.maxSessionDuration,
    }));
    return { Roles, ...rest };
  };
}

export function updateRole(iam: Iam): Operation<UpdateRoleCommandInput, object> {
  return ({ RoleName, Description, MaxSessionDuration }, call) => {
    const role = modifiableRole(iam, homeOf(call), RoleName!);
    iam.store.roles.update({
      ...role,
      description: Description ?? role.description,
      maxSessionDuration: MaxSessionDuration ?? role.maxSessionDuration,
    });
    return {};
  };
}

export function updateRoleDescription(
  iam: Iam,
): Operation<UpdateRoleDescriptionCommandInput, UpdateRoleDescriptionCommandOutput> {
  return ({ RoleName, Description }, call) => {
    const home = homeOf(call);
    const role = { ...roleNamed(iam, home, RoleName!), description: Description };
    iam.store.roles.update(role);
    return { Role: { ...toRole(home, role), ...descriptionOf(role) } };
  };
}

export function updateAssumeRolePolicy(iam: Iam): Operation<UpdateAssumeRolePolicyCommandInput, object> {
  return ({ RoleName, PolicyDocument }, call) => {
    const home = homeOf(call);
    const role = modifiableRole(iam, home, RoleName!);
    checkTrust(iam, home, PolicyDocument!);
    iam.store.roles.update({ ...role, trust: PolicyDocument! });
    return {};
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export function deleteRole(iam: Iam): Operation<DeleteRoleCommandInput, object> {
  const { store } = iam;
  return ({ RoleName }, call) => {
    const role = modifiableRole(iam, homeOf(call), RoleName!);
    if (store.members.around(role, store.instanceProfiles.kind).length > 0) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    if (store.attachments.of(role).length > 0) {
      throw deleteConflict('Cannot delete entity, must detach all policies first.');
    }
    if (store.inline.of(role).length > 0) {
      throw deleteConflict('Cannot delete entity, must delete policies first.');
    }
    store.roles.remove(role);
    return {};
  };
}

function descriptionOf({ description }: Role): { Description?: string } {
  return description === undefined ? {} : { Description: description };
}

function checkTrust(iam: Iam, home: Home, document: string): void {
  validateTrustPolicy(document, (arn) => principalExists(iam, home, arn));
  if (bytesOf(document) > LARGEST_TRUST_POLICY) throw quotaExceeded('ACLSizePerRole', LARGEST_TRUST_POLICY);
}
