import { invalidParameter } from './errors.ts';
import type { Lambda } from './lambda.ts';

const PRINCIPAL = 'lambda.amazonaws.com';

/**
 * A function's role has to exist and to trust Lambda. Where it does not, AWS refuses the function; here that is a parity
 * warning, and refused with `--strict`.
 *
 * @throws InvalidParameterValueException
 */
export function checkRole({ roleTrust, parity }: Lambda, role: string, action: string): void {
  const trust = roleTrust(role, PRINCIPAL);
  if (trust === 'trusts') return;
  const missing =
    trust === 'missing' ? 'there is no such role' : `the role does not let ${PRINCIPAL} take it on`;
  parity.warn({ service: 'lambda', action, resource: role, missing }, () =>
    invalidParameter('The role defined for the function cannot be assumed by Lambda.'),
  );
}
