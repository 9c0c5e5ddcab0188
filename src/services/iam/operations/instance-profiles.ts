import type {
  AddRoleToInstanceProfileCommandInput,
  CreateInstanceProfileCommandInput,
  CreateInstanceProfileCommandOutput,
  DeleteInstanceProfileCommandInput,
  GetInstanceProfileCommandInput,
  GetInstanceProfileCommandOutput,
  ListInstanceProfilesCommandInput,
  ListInstanceProfilesCommandOutput,
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput,
  RemoveRoleFromInstanceProfileCommandInput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, deleteConflict, noSuchEntity, quotaExceeded } from '../errors.ts';
import { homeOf } from '../home.ts';
import { type Iam, instanceProfileNamed, roleNamed, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { modifiableRole } from '../protected-roles.ts';
import { tagsIfAny, toInstanceProfile } from '../shapes.ts';
import type { InstanceProfile } from '../store/model.ts';
import { newTags, toTags } from '../tags.ts';

export function createInstanceProfile(
  iam: Iam,
): Operation<CreateInstanceProfileCommandInput, CreateInstanceProfileCommandOutput> {
  const { instanceProfiles } = iam.store;
  return ({ InstanceProfileName, Path = '/', Tags }, call) => {
    const home = homeOf(call);
    const tags = newTags(Tags, 'case-sensitive');
    if (instanceProfiles.find(home, InstanceProfileName!)) {
      throw alreadyExists(`Instance Profile ${InstanceProfileName} already exists.`);
    }
    const profile: InstanceProfile = {
      id: newId('AIPA', home.account),
      name: InstanceProfileName!,
      path: Path,
      created: wholeSeconds(call.clock.now()),
      tags,
    };
    instanceProfiles.insert(home, profile);
    return { InstanceProfile: { ...toInstanceProfile(iam, home, profile), ...tagsIfAny(tags) } };
  };
}

export function getInstanceProfile(
  iam: Iam,
): Operation<GetInstanceProfileCommandInput, GetInstanceProfileCommandOutput> {
  return ({ InstanceProfileName }, call) => {
    const home = homeOf(call);
    const profile = instanceProfileNamed(iam, home, InstanceProfileName!);
    return {
      InstanceProfile: { ...toInstanceProfile(iam, home, profile), Tags: toTags(profile.tags) },
    };
  };
}

export function listInstanceProfiles(
  iam: Iam,
): Operation<ListInstanceProfilesCommandInput, ListInstanceProfilesCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const all = iam.store.instanceProfiles.list(home, input.PathPrefix);
    const { items, rest } = pageOf(all, input, ({ id }) => id);
    return { InstanceProfiles: items.map((profile) => toInstanceProfile(iam, home, profile)), ...rest };
  };
}

export function listInstanceProfilesForRole(
  iam: Iam,
): Operation<ListInstanceProfilesForRoleCommandInput, ListInstanceProfilesForRoleCommandOutput> {
  const { members, instanceProfiles } = iam.store;
  return (input, call) => {
    const home = homeOf(call);
    const role = roleNamed(iam, home, input.RoleName!);
    const all = members.around(role, instanceProfiles.kind).flatMap((id) => instanceProfiles.get(id) ?? []);
    const { items, rest } = pageOf(all, input, ({ id }) => id);
    return { InstanceProfiles: items.map((profile) => toInstanceProfile(iam, home, profile)), ...rest };
  };
}

export function deleteInstanceProfile(iam: Iam): Operation<DeleteInstanceProfileCommandInput, object> {
  return ({ InstanceProfileName }, call) => {
    const profile = instanceProfileNamed(iam, homeOf(call), InstanceProfileName!);
    if (iam.store.members.of(profile).length > 0) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    iam.store.instanceProfiles.remove(profile);
    return {};
  };
}

/** A profile holds one role. */
export function addRoleToInstanceProfile(iam: Iam): Operation<AddRoleToInstanceProfileCommandInput, object> {
  return ({ InstanceProfileName, RoleName }, call) => {
    const home = homeOf(call);
    const profile = instanceProfileNamed(iam, home, InstanceProfileName!);
    const role = modifiableRole(iam, home, RoleName!);
    if (iam.store.members.of(profile).length > 0) {
      throw quotaExceeded('InstanceSessionsPerInstanceProfile', 1);
    }
    iam.store.members.add(home, profile, role);
    return {};
  };
}

export function removeRoleFromInstanceProfile(
  iam: Iam,
): Operation<RemoveRoleFromInstanceProfileCommandInput, object> {
  return ({ InstanceProfileName, RoleName }, call) => {
    const home = homeOf(call);
    const profile = instanceProfileNamed(iam, home, InstanceProfileName!);
    const role = modifiableRole(iam, home, RoleName!);
    if (!iam.store.members.remove(profile, role)) {
      throw noSuchEntity(`Role ${role.name} in Instance Profile ${profile.name} cannot be found.`);
    }
    return {};
  };
}
