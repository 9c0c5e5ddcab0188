import { validationError } from './errors.ts';
import type { Home } from './home.ts';
import { groupNamed, type Iam, roleNamed, userNamed } from './iam.ts';
import { type NamedDocument, policiesOf, policiesOfUser } from './policies-of.ts';

export interface PolicySource {
  policies: NamedDocument[];
  boundary: string | undefined;
}

/**
 * The policies of a user, a group or a role, by its ARN.
 *
 * @throws WireError ValidationError, NoSuchEntityException
 */
export function policySource(iam: Iam, home: Home, arn: string): PolicySource {
  const [, account, kind, name] =
    /^arn:[\w-]+:iam::(\d{12}):(user|group|role)\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (name === undefined || account !== home.account) throw validationError(`Invalid Entity Arn: ${arn}`);
  if (kind === 'group') {
    return { policies: policiesOf(iam, home, groupNamed(iam, home, name)), boundary: undefined };
  }
  if (kind === 'role') {
    const role = roleNamed(iam, home, name);
    return { policies: policiesOf(iam, home, role), boundary: role.boundary };
  }
  const user = userNamed(iam, home, name);
  return { policies: policiesOfUser(iam, home, user), boundary: user.boundary };
}
