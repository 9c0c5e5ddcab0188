import { randomBytes } from 'node:crypto';
import type {
  CreateAccessKeyCommandInput,
  CreateAccessKeyCommandOutput,
  DeleteAccessKeyCommandInput,
  GetAccessKeyLastUsedCommandInput,
  GetAccessKeyLastUsedCommandOutput,
  ListAccessKeysCommandInput,
  ListAccessKeysCommandOutput,
  UpdateAccessKeyCommandInput,
} from '@aws-sdk/client-iam';
import { newAccessKeyId } from '../../../aws/access-key.ts';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { userOf } from '../calling-user.ts';
import { accessDenied, noSuchEntity, quotaExceeded } from '../errors.ts';
import { homeOf } from '../home.ts';
import { type Iam, wholeSeconds } from '../iam.ts';
import { pageOf } from '../paging.ts';
import { statusOf } from '../status.ts';
import type { AccessKey } from '../store/access-keys.ts';
import type { User } from '../store/model.ts';

const MOST_KEYS = 2;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export function createAccessKey(
  iam: Iam,
): Operation<CreateAccessKeyCommandInput, CreateAccessKeyCommandOutput> {
  const { accessKeys } = iam.store;
  return ({ UserName }, call) => {
    const home = homeOf(call);
    const user = keyOwner(iam, call, UserName);
    if (accessKeys.of(home, user?.id).length >= MOST_KEYS) {
      throw quotaExceeded(user ? 'AccessKeysPerUser' : 'AccessKeysPerAccount', MOST_KEYS);
    }
    const key: AccessKey = {
      id: newAccessKeyId('AKIA', home.account),
      home,
      user: user?.id,
      secret: randomBytes(30).toString('base64'),
      active: true,
      created: wholeSeconds(call.clock.now()),
      lastUsed: undefined,
    };
    accessKeys.insert(key);
    return {
      AccessKey: {
        UserName: nameOf(user),
        AccessKeyId: key.id,
        Status: 'Active',
        SecretAccessKey: key.secret,
        CreateDate: new Date(key.created),
      },
    };
  };
}

export function listAccessKeys(iam: Iam): Operation<ListAccessKeysCommandInput, ListAccessKeysCommandOutput> {
  return (input, call) => {
    const user = keyOwner(iam, call, input.UserName);
    const keys = iam.store.accessKeys.of(homeOf(call), user?.id);
    const { items, rest } = pageOf(keys, input, ({ id }) => id);
    const AccessKeyMetadata = items.map(({ id, active, created }) => ({
      UserName: nameOf(user),
      AccessKeyId: id,
      Status: statusOf(active),
      CreateDate: new Date(created),
    }));
    return { AccessKeyMetadata, ...rest };
  };
}

export function updateAccessKey(iam: Iam): Operation<UpdateAccessKeyCommandInput, object> {
  return ({ UserName, AccessKeyId, Status }, call) => {
    const key = find(iam, call, UserName, AccessKeyId!);
    iam.store.accessKeys.setActive(key.id, Status === 'Active');
    return {};
  };
}

export function deleteAccessKey(iam: Iam): Operation<DeleteAccessKeyCommandInput, object> {
  return ({ UserName, AccessKeyId }, call) => {
    iam.store.accessKeys.remove(find(iam, call, UserName, AccessKeyId!).id);
    return {};
  };
}

/** AWS tells of keys that it does not know, and of those of others, that they are not to be asked for. */
export function getAccessKeyLastUsed({
  store,
  usage,
}: Iam): Operation<GetAccessKeyLastUsedCommandInput, GetAccessKeyLastUsedCommandOutput> {
  return ({ AccessKeyId }, call) => {
    const key = store.accessKeys.get(AccessKeyId!);
    if (!key || key.home.account !== call.account) {
      throw accessDenied(
        `User: ${call.caller.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`,
      );
    }
    const used = usage.ofKey(key.id, key.lastUsed);
    const user = key.user === undefined ? undefined : store.users.get(key.user);
    return {
      UserName: nameOf(user),
      AccessKeyLastUsed: used
        ? { LastUsedDate: new Date(used.date), ServiceName: used.service, Region: used.region }
        : { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' },
    };
  };
}

/** Undefined for the account's root, which also has keys. */
function keyOwner(iam: Iam, call: Call, name: string | undefined): User | undefined {
  return name === undefined && call.caller.kind === 'root' ? undefined : userOf(iam, call, name);
}

function nameOf(user: User | undefined): string {
  return user?.name ?? '<root_account>';
}

function find(iam: Iam, call: Call, name: string | undefined, id: string): AccessKey {
  const user = keyOwner(iam, call, name);
  const key = iam.store.accessKeys.get(id);
  if (!key || key.user !== user?.id || key.home.account !== call.account) {
    throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  }
  return key;
}
