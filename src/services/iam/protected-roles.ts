import { UnmodifiableEntityException } from '@aws-sdk/client-iam';
import type { Home } from './home.ts';
import { type Iam, roleNamed } from './iam.ts';
import type { Role } from './store/model.ts';

/** Where the roles are that services have for themselves. */
export const SERVICE_ROLES = '/aws-service-role/';

export function isServiceLinked({ path }: Role): boolean {
  return path.startsWith(SERVICE_ROLES);
}

/**
 * A role that is to be changed.
 *
 * @throws NoSuchEntityException, UnmodifiableEntityException for a service-linked one
 */
export function modifiableRole(iam: Iam, home: Home, name: string): Role {
  const role = roleNamed(iam, home, name);
  if (isServiceLinked(role)) {
    throw new UnmodifiableEntityException({
      message: `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
      $metadata: {},
    });
  }
  return role;
}
