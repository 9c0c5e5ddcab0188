import type {
  CreateUserCommandInput,
  CreateUserCommandOutput,
  DeleteUserCommandInput,
  GetUserCommandInput,
  GetUserCommandOutput,
  ListUsersCommandInput,
  ListUsersCommandOutput,
  UpdateUserCommandInput,
  User as UserShape,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/service.ts';
import { callingUser } from '../calling-user.ts';
import { alreadyExists, deleteConflict } from '../errors.ts';
import { homeOf } from '../home.ts';
import { type Iam, userNamed, wholeSeconds } from '../iam.ts';
import { newId } from '../ids.ts';
import { checkBoundary } from '../managed-policies.ts';
import { pageOf } from '../paging.ts';
import { boundaryOf, tagsIfAny, toUser } from '../shapes.ts';
import type { User } from '../store/model.ts';
import { newTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export function createUser(iam: Iam): Operation<CreateUserCommandInput, CreateUserCommandOutput> {
  return ({ Path = '/', UserName, PermissionsBoundary: boundary, Tags }, call) => {
    const home = homeOf(call);
    const tags = newTags(Tags, 'case-insensitive');
    if (iam.store.users.find(home, UserName!)) {
      throw alreadyExists(`User with name ${UserName} already exists.`);
    }
    if (boundary !== undefined) checkBoundary(iam, home, boundary);
    const user: User = {
      id: newId('AIDA', home.account),
      name: UserName!,
      path: Path,
      created: wholeSeconds(call.clock.now()),
      tags,
      boundary,
    };
    iam.store.users.insert(home, user);
    return { User: { ...toUser(home, user), ...tagsIfAny(tags), ...boundaryOf(user) } };
  };
}

/** Without a name, the one who calls. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export function getUser(iam: Iam): Operation<GetUserCommandInput, GetUserCommandOutput> {
  return ({ UserName }, call) => {
    const home = homeOf(call);
    if (UserName === undefined && call.caller.kind === 'root') {
      const { arn, userId } = call.caller;
      const root = { UserId: userId, Arn: arn, CreateDate: new Date(0) } as UserShape;
      return { User: root };
    }
    const user = UserName === undefined ? callingUser(iam, call) : userNamed(iam, home, UserName);
    return { User: { ...toUser(home, user), ...boundaryOf(user), ...tagsIfAny(user.tags) } };
  };
}

export function listUsers({ store }: Iam): Operation<ListUsersCommandInput, ListUsersCommandOutput> {
  return (input, call) => {
    const home = homeOf(call);
    const { items, rest } = pageOf(store.users.list(home, input.PathPrefix), input, ({ id }) => id);
    return { Users: items.map((user) => toUser(home, user)), ...rest };
  };
}

/** Ids stay, and so does all that belongs to the user. */
export function updateUser(iam: Iam): Operation<UpdateUserCommandInput, object> {
  return ({ UserName, NewPath, NewUserName }, call) => {
    const home = homeOf(call);
    const user = userNamed(iam, home, UserName!);
    const name = NewUserName ?? user.name;
    const other = iam.store.users.find(home, name);
    if (other && other.id !== user.id) throw alreadyExists(`User with name ${name} already exists.`);
    iam.store.users.update({ ...user, name, path: NewPath ?? user.path });
    return {};
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export function deleteUser(iam: Iam): Operation<DeleteUserCommandInput, object> {
  const { store } = iam;
  return ({ UserName }, call) => {
    const home = homeOf(call);
    const user = userNamed(iam, home, UserName!);
    const first = (words: string) => deleteConflict(`Cannot delete entity, must ${words} first.`);
    if (store.attachments.of(user).length > 0) throw first('detach all policies');
    if (store.inline.of(user).length > 0) throw first('delete policies');
    if (user.login) throw first('delete login profile');
    if (store.accessKeys.of(home, user.id).length > 0) throw first('delete access keys');
    if (store.members.around(user, store.groups.kind).length > 0) throw first('remove users from group');
    if (store.signingCertificates.of(user).length > 0) throw first('delete signing certificates');
    if (store.sshKeys.of(user).length > 0) throw first('delete SSH public keys');
    if (store.serviceCredentials.of(user).length > 0) throw first('delete service-specific credentials');
    if (store.mfaDevices.list(home).some((device) => device.user === user.id)) {
      throw first('delete MFA device');
    }
    store.users.remove(user);
    return {};
  };
}
