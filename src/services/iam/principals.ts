import type { Principal } from '../../aws/call.ts';
import type { Home } from './home.ts';
import { type Iam, roleArn, userArn } from './iam.ts';
import type { Role } from './store/model.ts';

/** What stands for a caller in the policies of resources and roles: its ARN, and for a session that of its role. */
export function namesOf(iam: Iam, caller: Principal): string[] {
  const { arn, userId } = caller;
  const found = sessionRole(iam, caller);
  return found ? [arn, found.role.id, roleArn(found.home, found.role)] : [arn, userId];
}

/** The role of an assumed role's session, as it is now. */
export function sessionRole(
  { store }: Iam,
  { kind, arn }: Principal,
): { role: Role; home: Home } | undefined {
  const [, partition, account, name] =
    /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(kind === 'assumed-role' ? arn : '') ?? [];
  if (partition === undefined || account === undefined || name === undefined) return undefined;
  const home = { partition, account };
  const role = store.roles.find(home, name);
  return role && { role, home };
}

/** What stands for everybody in an account whom it lets. */
export function accountNames(account: string, partition: string): string[] {
  return [account, `arn:${partition}:iam::${account}:root`];
}

/** Whether a user or a role is there. What other accounts have is not known, and believed. */
export function principalExists({ store }: Iam, home: Home, arn: string): boolean {
  const [, account, kind, path] = /^arn:[\w-]+:iam::(\d{12}):(user|role)\/(.+)$/.exec(arn) ?? [];
  if (account !== home.account || path === undefined) return true;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (kind === 'user') {
    const user = store.users.find(home, name);
    return user !== undefined && userArn(home, user) === arn;
  }
  const role = store.roles.find(home, name);
  return role !== undefined && roleArn(home, role) === arn;
}
