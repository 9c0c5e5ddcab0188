import type { Home } from './home.ts';
import { type Iam, roleArn, userArn } from './iam.ts';

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
