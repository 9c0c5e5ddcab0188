import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { Call } from '../../aws/call.ts';
import { RequestContext } from '../iam/policy/context.ts';
import { parseRoleArn, type Role } from './arns.ts';
import { accessDenied, validationError } from './errors.ts';
import { type Sts, strictlyAllowed } from './sts.ts';

/** A role by its ARN, with its own id where it exists. @throws WireError ValidationError, in AWS's words */
export function roleOf({ iam }: Sts, arn: string): Role {
  const role = parseRoleArn(arn);
  return { ...role, id: iam.role(arn)?.id ?? role.id };
}

/** @throws WireError ValidationError for a session longer than the role allows */
export function checkDuration({ iam }: Sts, arn: string, seconds: number): void {
  const role = iam.role(arn);
  if (role && seconds > role.maxSessionDuration) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

/**
 * Whether the role is there and trusts the caller, who needs a policy of its own where the role trusts only the account.
 *
 * @throws WireError AccessDenied with `--strict`
 */
export function checkTrust(sts: Sts, input: AssumeRoleCommandInput, call: Call): void {
  const { caller } = call;
  const roleArn = input.RoleArn!;
  const context = new RequestContext([
    ['sts:ExternalId', input.ExternalId],
    ['sts:RoleSessionName', input.RoleSessionName],
    ['sts:SourceIdentity', input.SourceIdentity],
    ['aws:PrincipalArn', caller.arn],
    ['aws:PrincipalAccount', caller.account],
    ['aws:MultiFactorAuthPresent', String(input.TokenCode !== undefined)],
    ...(input.Tags ?? []).map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value] as const),
  ]);
  const trust = sts.iam.assumeTrust({ roleArn, caller, context });
  if (trust === 'trusts' || (trust === 'account' && strictlyAllowed(sts, call, 'sts:AssumeRole', roleArn))) {
    return;
  }
  const missing =
    trust === 'missing' ? 'there is no such role' : `the role does not let ${caller.arn} take it on`;
  const refusal = () =>
    accessDenied(`User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`);
  sts.parity.warn({ service: 'sts', action: 'AssumeRole', resource: roleArn, missing }, refusal);
}
