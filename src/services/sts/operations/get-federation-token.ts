import type { GetFederationTokenCommandInput, GetFederationTokenCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { federatedUser } from '../arns.ts';
import { accessDenied } from '../errors.ts';
import { packedPolicySize, restrictionsOf } from '../session-policy.ts';
import { sessionTags, tagBytes } from '../session-tags.ts';
import { callerSession, issue, type Sts } from '../sts.ts';

const USUAL_DURATION = 43_200;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
export function getFederationToken(
  sts: Sts,
): Operation<GetFederationTokenCommandInput, GetFederationTokenCommandOutput> {
  return (input, call) => {
    const { Name, Policy, PolicyArns, DurationSeconds = USUAL_DURATION, Tags } = input;
    if (callerSession(sts, call)) {
      throw accessDenied('Cannot call GetFederationToken with session credentials');
    }
    const principal = federatedUser(call.partition, call.account, Name!);
    const size = packedPolicySize(Policy, PolicyArns, tagBytes(Tags));
    const issued = issue(sts, {
      principal,
      expires: call.clock.now() + DurationSeconds * 1000,
      session: {
        ...sessionTags(Tags, [], undefined),
        ...restrictionsOf(Policy, PolicyArns),
        creator: call.caller,
      },
      minimumSize: input.MinimumSessionTokenSize,
    });
    return {
      ...issued,
      FederatedUser: { FederatedUserId: principal.userId, Arn: principal.arn },
      PackedPolicySize: size ?? 0,
    };
  };
}
