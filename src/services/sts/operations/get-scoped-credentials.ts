import {
  type GetScopedCredentialsCommandInput,
  type GetScopedCredentialsCommandOutput,
  InsufficientSessionLifetimeException,
  InvalidSubjectCredentialsException,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { accessDenied, validationError } from '../errors.ts';
import { packedPolicySize, restrictionsOf } from '../session-policy.ts';
import { callerSession, issue, type Sts } from '../sts.ts';

const MOST_POLICIES = 3;

/**
 * The caller's own session again, with less rights or less time.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
 */
export function getScopedCredentials(
  sts: Sts,
): Operation<GetScopedCredentialsCommandInput, GetScopedCredentialsCommandOutput> {
  return ({ Policy, DurationSeconds, MinimumSessionTokenSize }, call) => {
    const calling = callerSession(sts, call);
    if (!calling) {
      throw new InvalidSubjectCredentialsException({
        message: 'GetScopedCredentials can only be called with temporary security credentials',
        $metadata: {},
      });
    }
    if (Policy === undefined && DurationSeconds === undefined) {
      throw validationError('At least one of Policy or DurationSeconds must be provided');
    }
    const expires =
      DurationSeconds === undefined ? calling.expires : call.clock.now() + DurationSeconds * 1000;
    if (expires > calling.expires) {
      throw new InsufficientSessionLifetimeException({
        message: 'The requested DurationSeconds exceeds the remaining lifetime of the calling session',
        $metadata: {},
      });
    }
    packedPolicySize(Policy, undefined);
    const policies = (calling.scopedPolicies ?? 0) + (Policy === undefined ? 0 : 1);
    if (policies > MOST_POLICIES) {
      throw accessDenied(`A session can have at most ${MOST_POLICIES} scope down policies`);
    }
    const { principal, sourceIdentity } = calling;
    const issued = issue(sts, {
      principal,
      expires,
      session: {
        ...calling,
        scopedPolicies: policies,
        restrictions: [...(calling.restrictions ?? []), ...(restrictionsOf(Policy, []).restrictions ?? [])],
      },
      minimumSize: MinimumSessionTokenSize,
    });
    return {
      ...issued,
      SessionInfo: { ScopedSessionId: principal.userId, Arn: principal.arn },
      ScopedPoliciesCount: policies,
      SourceIdentity: sourceIdentity,
    };
  };
}
