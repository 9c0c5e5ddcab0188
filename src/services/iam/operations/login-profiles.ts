import {
  type ChangePasswordCommandInput,
  type CreateLoginProfileCommandInput,
  type CreateLoginProfileCommandOutput,
  type DeleteLoginProfileCommandInput,
  type GetLoginProfileCommandInput,
  type GetLoginProfileCommandOutput,
  InvalidUserTypeException,
  type LoginProfile as LoginProfileShape,
  type UpdateLoginProfileCommandInput,
} from '@aws-sdk/client-iam';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { callingUser, userOf } from '../calling-user.ts';
import { accessDenied, alreadyExists, noSuchEntity } from '../errors.ts';
import { homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { checkPassword, hashPassword, isPassword } from '../passwords.ts';
import type { LoginProfile, User } from '../store/model.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html */
export function createLoginProfile(
  iam: Iam,
): Operation<CreateLoginProfileCommandInput, CreateLoginProfileCommandOutput> {
  return ({ UserName, Password, PasswordResetRequired = false }, call) => {
    const user = userOf(iam, call, UserName);
    if (user.login) throw alreadyExists(`Login Profile for user ${user.name} already exists.`);
    const created = wholeSeconds(call.clock.now());
    const login: LoginProfile = {
      created,
      changed: created,
      passwordHash: Password === undefined ? '' : newHash(iam, call, Password),
      resetRequired: PasswordResetRequired,
    };
    iam.store.users.update({ ...user, login });
    return { LoginProfile: toLoginProfile(user, login) };
  };
}

export function getLoginProfile(
  iam: Iam,
): Operation<GetLoginProfileCommandInput, GetLoginProfileCommandOutput> {
  return ({ UserName }, call) => {
    const { user, login } = find(iam, call, UserName);
    return { LoginProfile: toLoginProfile(user, login) };
  };
}

export function updateLoginProfile(iam: Iam): Operation<UpdateLoginProfileCommandInput, object> {
  return ({ UserName, Password, PasswordResetRequired }, call) => {
    const { user, login } = find(iam, call, UserName);
    const changed: LoginProfile = {
      ...login,
      resetRequired: PasswordResetRequired ?? login.resetRequired,
      ...(Password === undefined
        ? {}
        : { passwordHash: newHash(iam, call, Password), changed: wholeSeconds(call.clock.now()) }),
    };
    iam.store.users.update({ ...user, login: changed });
    return {};
  };
}

export function deleteLoginProfile(iam: Iam): Operation<DeleteLoginProfileCommandInput, object> {
  return ({ UserName }, call) => {
    const { user } = find(iam, call, UserName);
    iam.store.users.update({ ...user, login: undefined });
    return {};
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html */
export function changePassword(iam: Iam): Operation<ChangePasswordCommandInput, object> {
  return ({ OldPassword, NewPassword }, call) => {
    if (call.caller.kind !== 'user') {
      throw new InvalidUserTypeException({
        message: 'Only IAM Users can change their own password',
        $metadata: {},
      });
    }
    const user = callingUser(iam, call);
    const { login } = user;
    if (!login) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
    if (!isPassword(OldPassword!, login.passwordHash)) {
      throw accessDenied('The old password was incorrect.');
    }
    const passwordHash = newHash(iam, call, NewPassword!);
    const changed = wholeSeconds(call.clock.now());
    iam.store.users.update({ ...user, login: { ...login, passwordHash, changed, resetRequired: false } });
    return {};
  };
}

function find(iam: Iam, call: Call, name: string | undefined): { user: User; login: LoginProfile } {
  const user = userOf(iam, call, name);
  if (!user.login) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  return { user, login: user.login };
}

function newHash({ store }: Iam, call: Call, password: string): string {
  checkPassword(password, store.settings.get(homeOf(call), 'password-policy'));
  return hashPassword(password);
}

function toLoginProfile({ name }: User, { created, resetRequired }: LoginProfile): LoginProfileShape {
  return { UserName: name, CreateDate: new Date(created), PasswordResetRequired: resetRequired };
}
