import { InvalidIdentityTokenException } from '@aws-sdk/client-sts';
import type { RequestContext } from '../iam/policy/context.ts';
import { accessDenied } from './errors.ts';
import type { Sts } from './sts.ts';

/** A role is asked for with what an identity provider said. */
export interface Federation {
  operation: 'AssumeRoleWithWebIdentity' | 'AssumeRoleWithSAML';
  roleArn: string;
  /** As trust policies name it: an ARN, or a name such as `accounts.google.com` of one that AWS knows by itself. */
  provider: string;
  /** As the provider calls itself. */
  issuer: string;
  /** The client that a token is for. */
  audience?: string | undefined;
  context: RequestContext;
}

/**
 * Whether the account knows the provider, and the role trusts it.
 *
 * @throws InvalidIdentityTokenException, WireError AccessDenied, with `--strict`
 */
export function checkFederation(sts: Sts, federation: Federation): void {
  const { operation, roleArn, provider } = federation;
  const warn = (missing: string, refusal: () => Error) =>
    sts.parity.warn({ service: 'sts', action: operation, resource: roleArn, missing }, refusal);
  const problem = providerProblem(sts, federation);
  if (problem) {
    warn(problem.missing, () => invalidToken(problem.message));
    return;
  }
  const action = `sts:${operation}`;
  const trust = sts.iam.federatedTrust({ roleArn, action, provider, context: federation.context });
  if (trust === 'trusts') return;
  warn(trust === 'missing' ? 'there is no such role' : `the role does not let ${provider} take it on`, () =>
    accessDenied(`Not authorized to perform ${action}`),
  );
}

/** What stands against a provider, in our words and in AWS's. */
function providerProblem(
  { iam }: Sts,
  { operation, provider, issuer, audience }: Federation,
): { missing: string; message: string } | undefined {
  if (!provider.startsWith('arn:')) return undefined;
  const known = iam.identityProvider(provider);
  if (!known) {
    const message =
      operation === 'AssumeRoleWithSAML'
        ? "Specified provider doesn't exist"
        : `No OpenIDConnect provider found in your account for ${issuer}`;
    return { missing: `there is no identity provider ${provider}`, message };
  }
  if (!known.clientIds || (audience !== undefined && known.clientIds.includes(audience))) return undefined;
  return {
    missing: `the provider does not know the client ${audience}`,
    message: 'Incorrect token audience',
  };
}

function invalidToken(message: string): InvalidIdentityTokenException {
  return new InvalidIdentityTokenException({ message, $metadata: {} });
}
