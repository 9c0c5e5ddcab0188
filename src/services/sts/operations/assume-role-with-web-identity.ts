import type {
  AssumeRoleWithWebIdentityCommandInput,
  AssumeRoleWithWebIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { assumedRole, type Role } from '../arns.ts';
import { roleOf } from '../roles.ts';
import { packedPolicySize, restrictionsOf } from '../session-policy.ts';
import { issue, type Sts } from '../sts.ts';
import { readWebIdentity, type WebIdentity } from '../web-identity.ts';

const USUAL_DURATION = 3600;

/**
 * Called unsigned: the token is the proof. Tokens of the OAuth providers that AWS knows by name can't be looked into.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function assumeRoleWithWebIdentity(
  sts: Sts,
): Operation<AssumeRoleWithWebIdentityCommandInput, AssumeRoleWithWebIdentityCommandOutput> {
  return (input, { clock }) => {
    const role = roleOf(sts, input.RoleArn!);
    const token = input.WebIdentityToken!;
    const identity =
      input.ProviderId === undefined ? readWebIdentity(token, clock.now()) : oauth(input.ProviderId, token);
    const principal = assumedRole(role, input.RoleSessionName!);
    const { sourceIdentity } = identity;
    const size = packedPolicySize(input.Policy, input.PolicyArns);
    const issued = issue(sts, {
      principal,
      expires: clock.now() + (input.DurationSeconds ?? USUAL_DURATION) * 1000,
      session: {
        ...restrictionsOf(input.Policy, input.PolicyArns),
        federatedProvider: providerArn(role, identity.provider),
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      },
      minimumSize: input.MinimumSessionTokenSize,
    });
    return {
      ...issued,
      SubjectFromWebIdentityToken: identity.subject,
      AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
      PackedPolicySize: size,
      Provider: identity.provider,
      Audience: identity.audience,
      SourceIdentity: sourceIdentity,
    };
  };
}

/** Of those that AWS knows by name there is only the name. */
function providerArn({ partition, account }: Role, provider: string): string {
  if (!provider.startsWith('https://')) return provider;
  return `arn:${partition}:iam::${account}:oidc-provider/${provider.slice('https://'.length)}`;
}

function oauth(provider: string, token: string): WebIdentity {
  return { provider, subject: token.slice(0, 64), audience: undefined, sourceIdentity: undefined };
}
