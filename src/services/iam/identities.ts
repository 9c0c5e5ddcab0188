import type { Principal } from '../../aws/call.ts';
import type { Identities } from '../../aws/identities.ts';
import { type Iam, userArn } from './iam.ts';
import { sessionRole } from './principals.ts';
import type { AccessKey } from './store/access-keys.ts';

const ACCESS_KEY = /^AKIA[A-Z2-7]{16}$/;

/** Whose the access keys are that IAM gave out. Other keys cost nothing. */
export function createIdentities(iam: Iam): Identities {
  const { store, usage } = iam;
  return {
    key: (id) => {
      const key = ACCESS_KEY.test(id) ? store.accessKeys.get(id) : undefined;
      const principal = key && principalOf(iam, key);
      return principal && { secret: key.secret, active: key.active, principal };
    },
    used: (caller, accessKeyId, region, service) => {
      if (ACCESS_KEY.test(accessKeyId)) usage.useKey(accessKeyId, region, service);
      const session = sessionRole(iam, caller);
      if (session) usage.useRole(session.role.id, region);
    },
  };
}

function principalOf({ store }: Iam, { user: id, home }: AccessKey): Principal | undefined {
  const { account, partition } = home;
  if (id === undefined) {
    return { kind: 'root', account, arn: `arn:${partition}:iam::${account}:root`, userId: account };
  }
  const user = store.users.get(id);
  return user && { kind: 'user', account, arn: userArn(home, user), userId: user.id };
}
