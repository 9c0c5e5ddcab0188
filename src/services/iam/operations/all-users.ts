import { type Iam, userNamed } from '../iam.ts';
import { USER } from '../owners.ts';
import type { User } from '../store/model.ts';
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  listAccessKeys,
  updateAccessKey,
} from './access-keys.ts';
import { attachPolicy, detachPolicy, listAttachedPolicies } from './attachments.ts';
import { type Boundable, deleteBoundary, putBoundary } from './boundaries.ts';
import { deletePolicyOf, getPolicyOf, listPolicyNames, putPolicy } from './inline-policies.ts';
import {
  changePassword,
  createLoginProfile,
  deleteLoginProfile,
  getLoginProfile,
  updateLoginProfile,
} from './login-profiles.ts';
import { listTags, type Taggable, tag, untag } from './tags.ts';
import { createUser, deleteUser, getUser, listUsers, updateUser } from './users.ts';

type UserInput = { UserName: string | undefined };

export function userOperations(iam: Iam) {
  const users: Taggable<UserInput, User> & Boundable<UserInput, User> = {
    table: iam.store.users,
    style: 'case-insensitive',
    what: 'user',
    find: (home, { UserName }) => userNamed(iam, home, UserName!),
  };
  return {
    CreateUser: createUser(iam),
    GetUser: getUser(iam),
    ListUsers: listUsers(iam),
    UpdateUser: updateUser(iam),
    DeleteUser: deleteUser(iam),
    PutUserPermissionsBoundary: putBoundary(iam, users),
    DeleteUserPermissionsBoundary: deleteBoundary(users),
    AttachUserPolicy: attachPolicy(iam, USER),
    DetachUserPolicy: detachPolicy(iam, USER),
    ListAttachedUserPolicies: listAttachedPolicies(iam, USER),
    PutUserPolicy: putPolicy(iam, USER),
    GetUserPolicy: getPolicyOf(iam, USER, ({ name }, policy) => ({ UserName: name, ...policy })),
    DeleteUserPolicy: deletePolicyOf(iam, USER),
    ListUserPolicies: listPolicyNames(iam, USER),
    TagUser: tag(users),
    UntagUser: untag(users),
    ListUserTags: listTags(users),
    CreateAccessKey: createAccessKey(iam),
    ListAccessKeys: listAccessKeys(iam),
    UpdateAccessKey: updateAccessKey(iam),
    DeleteAccessKey: deleteAccessKey(iam),
    GetAccessKeyLastUsed: getAccessKeyLastUsed(iam),
    CreateLoginProfile: createLoginProfile(iam),
    GetLoginProfile: getLoginProfile(iam),
    UpdateLoginProfile: updateLoginProfile(iam),
    DeleteLoginProfile: deleteLoginProfile(iam),
    ChangePassword: changePassword(iam),
  };
}
