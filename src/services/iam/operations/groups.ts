import type {
  AddUserToGroupCommandInput,
  CreateGroupCommandInput,
  CreateGroupCommandOutput,
  DeleteGroupCommandInput,
  GetGroupCommandInput,
  GetGroupCommandOutput,
  ListGroupsCommandInput,
  ListGroupsCommandOutput,
  ListGroupsForUserCommandInput,
  ListGroupsForUserCommandOutput,
  RemoveUserFromGroupCommandInput,
  UpdateGroupCommandInput,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, deleteConflict, quotaExceeded } from '../errors.ts';
import { homeOf } from '../home.ts';
import { groupNamed, type Iam, userNamed, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { toGroup, toUser } from '../shapes.ts';
import type { Group, User } from '../store/model.ts';

const MOST_GROUPS = 10;

export function createGroup({ store }: Iam): Operation<CreateGroupCommandInput, CreateGroupCommandOutput> {
  return ({ Path = '/', GroupName }, call) => {
    const home = homeOf(call);
    if (store.groups.find(home, GroupName!)) {
      throw alreadyExists(`Group with name ${GroupName} already exists.`);
    }
    const created = wholeSeconds(call.clock.now());
    const group: Group = { id: newId('AGPA', home.account), name: GroupName!, path: Path, created };
    store.groups.insert(home, group);
    return { Group: toGroup(home, group) };
  };
}

/** With its users, a page of them at a time. */
export function getGroup(iam: Iam): Operation<GetGroupCommandInput, GetGroupCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const group = groupNamed(iam, home, input.GroupName!);
    const { items, rest } = pageOf(usersOf(iam, group), input, ({ id }) => id);
    return { Group: toGroup(home, group), Users: items.map((user) => toUser(home, user)), ...rest };
  };
}

export function listGroups({ store }: Iam): Operation<ListGroupsCommandInput, ListGroupsCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { items, rest } = pageOf(store.groups.list(home, input.PathPrefix), input, ({ id }) => id);
    return { Groups: items.map((group) => toGroup(home, group)), ...rest };
  };
}

export function updateGroup(iam: Iam): Operation<UpdateGroupCommandInput, object> {
  return ({ GroupName, NewPath, NewGroupName }, call) => {
    const home = homeOf(call);
    const group = groupNamed(iam, home, GroupName!);
    const name = NewGroupName ?? group.name;
    const other = iam.store.groups.find(home, name);
    if (other && other.id !== group.id) throw alreadyExists(`Group with name ${name} already exists.`);
    iam.store.groups.update({ ...group, name, path: NewPath ?? group.path });
    return {};
  };
}

export function deleteGroup(iam: Iam): Operation<DeleteGroupCommandInput, object> {
  const { store } = iam;
  return ({ GroupName }, call) => {
    const group = groupNamed(iam, homeOf(call), GroupName!);
    const first = (words: string) => deleteConflict(`Cannot delete entity, must ${words} first.`);
    if (store.members.of(group).length > 0) throw first('remove users from group');
    if (store.attachments.of(group).length > 0) throw first('detach all policies');
    if (store.inline.of(group).length > 0) throw first('delete policies');
    store.groups.remove(group);
    return {};
  };
}

/** Adding again changes nothing. */
export function addUserToGroup(iam: Iam): Operation<AddUserToGroupCommandInput, object> {
  const { members, groups } = iam.store;
  return ({ GroupName, UserName }, call) => {
    const home = homeOf(call);
    const user = userNamed(iam, home, UserName!);
    const group = groupNamed(iam, home, GroupName!);
    const around = members.around(user, groups.kind);
    if (!around.includes(group.id) && around.length >= MOST_GROUPS) {
      throw quotaExceeded('GroupsPerUser', MOST_GROUPS);
    }
    members.add(home, group, user);
    return {};
  };
}

/** Who is no member can be removed, too. */
export function removeUserFromGroup(iam: Iam): Operation<RemoveUserFromGroupCommandInput, object> {
  return ({ GroupName, UserName }, call) => {
    const home = homeOf(call);
    const user = userNamed(iam, home, UserName!);
    iam.store.members.remove(groupNamed(iam, home, GroupName!), user);
    return {};
  };
}

export function listGroupsForUser(
  iam: Iam,
): Operation<ListGroupsForUserCommandInput, ListGroupsForUserCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const groups = groupsOf(iam, userNamed(iam, home, input.UserName!));
    const { items, rest } = pageOf(groups, input, ({ id }) => id);
    return { Groups: items.map((group) => toGroup(home, group)), ...rest };
  };
}

export function groupsOf({ store }: Iam, user: User): Group[] {
  return store.members.around(user, store.groups.kind).flatMap((id) => store.groups.get(id) ?? []);
}

function usersOf({ store }: Iam, group: Group): User[] {
  return store.members.of(group).flatMap((id) => store.users.get(id) ?? []);
}
