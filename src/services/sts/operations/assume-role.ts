import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { accessDenied, validationError } from '../errors.ts';
import { roleSession } from '../role-session.ts';
import { checkDuration, checkTrust, roleOf } from '../roles.ts';
import { callerSession, type Sts } from '../sts.ts';

const USUAL_DURATION = 3600;
const LONGEST_IN_A_CHAIN = 3600;

/**
 * Any role can be assumed, with a parity warning where it does not exist or does not trust the caller; with `--strict`
 * that is refused. An account's root may, too, which AWS refuses: here root is whoever has configured no identity of
 * their own.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(sts: Sts): Operation<AssumeRoleCommandInput, AssumeRoleCommandOutput> {
  return (input, call) => {
    const { DurationSeconds = USUAL_DURATION } = input;
    const role = roleOf(sts, input.RoleArn!);
    checkTrust(sts, input, call);
    checkDuration(sts, input.RoleArn!, DurationSeconds);
    const calling = callerSession(sts, call);
    if (calling?.principal.kind === 'assumed-role' && DurationSeconds > LONGEST_IN_A_CHAIN) {
      throw validationError(
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      );
    }
    const sourceIdentity = sourceOf(input.SourceIdentity, calling?.sourceIdentity);
    return roleSession(sts, {
      role,
      name: input.RoleSessionName!,
      expires: call.clock.now() + DurationSeconds * 1000,
      input,
      tags: input.Tags,
      transitiveTagKeys: input.TransitiveTagKeys,
      calling,
      sourceIdentity,
    });
  };
}

/** Once it is set, it stays through the chain. */
function sourceOf(asked: string | undefined, inherited: string | undefined): string | undefined {
  if (asked !== undefined && inherited !== undefined && asked !== inherited) {
    throw accessDenied('The source identity of a session cannot be changed by the sessions that follow it');
  }
  return inherited ?? asked;
}
