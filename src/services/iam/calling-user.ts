import type { Call } from '../../aws/call.ts';
import { noSuch, validationError } from './errors.ts';
import { homeOf } from './home.ts';
import { type Iam, userNamed } from './iam.ts';
import type { User } from './store/model.ts';

const OPTIONAL = 'Must specify userName when calling with non-User credentials';

/**
 * The user that calls.
 *
 * @throws WireError ValidationError where the caller is no user
 */
export function callingUser({ store }: Iam, { caller }: Call): User {
  if (caller.kind !== 'user') throw validationError(OPTIONAL);
  const user = store.users.get(caller.userId);
  if (!user) throw noSuch('user', caller.arn.slice(caller.arn.lastIndexOf('/') + 1));
  return user;
}

/** The user that an input names, or else the one that calls. */
export function userOf(iam: Iam, call: Call, name: string | undefined): User {
  return name === undefined ? callingUser(iam, call) : userNamed(iam, homeOf(call), name);
}
