import type { GetSessionTokenCommandInput, GetSessionTokenCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { accessDenied } from '../errors.ts';
import { callerSession, issue, type Sts } from '../sts.ts';

const USUAL_DURATION = 43_200;

/**
 * AWS shortens the sessions of an account's root to one hour; here root is whoever has configured no identity of their own.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export function getSessionToken(
  sts: Sts,
): Operation<GetSessionTokenCommandInput, GetSessionTokenCommandOutput> {
  return ({ DurationSeconds = USUAL_DURATION, MinimumSessionTokenSize }, call) => {
    if (callerSession(sts, call)) throw accessDenied('Cannot call GetSessionToken with session credentials');
    return issue(sts, {
      principal: call.caller,
      expires: call.clock.now() + DurationSeconds * 1000,
      minimumSize: MinimumSessionTokenSize,
    });
  };
}
