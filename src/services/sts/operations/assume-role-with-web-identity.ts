import type {
  AssumeRoleWithWebIdentityCommandInput,
  AssumeRoleWithWebIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { RequestContext } from '../../iam/policy/context.ts';
import type { Role } from '../arns.ts';
import { checkFederation } from '../federation.ts';
import { roleSession } from '../role-session.ts';
import { checkDuration, roleOf } from '../roles.ts';
import type { Sts } from '../sts.ts';
import { readWebIdentity, type WebIdentity } from '../web-identity.ts';

const USUAL_DURATION = 3600;
/** Of which AWS knows by itself; trust policies call them by their names. */
const KNOWN_PROVIDERS: readonly string[] = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
];

/**
 * Called unsigned: the token is the proof. Tokens of the OAuth providers that AWS knows by name can't be looked into. Providers
 * that are not there, and roles that do not trust them, are parity warnings.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function assumeRoleWithWebIdentity(
  sts: Sts,
): Operation<AssumeRoleWithWebIdentityCommandInput, AssumeRoleWithWebIdentityCommandOutput> {
  return (input, { clock }) => {
    const { DurationSeconds = USUAL_DURATION, ProviderId } = input;
    const role = roleOf(sts, input.RoleArn!);
    const token = input.WebIdentityToken!;
    const identity =
      ProviderId === undefined ? readWebIdentity(token, clock.now()) : oauth(ProviderId, token);
    const provider = trustedName(role, identity.provider);
    checkFederation(sts, {
      operation: 'AssumeRoleWithWebIdentity',
      roleArn: input.RoleArn!,
      provider,
      issuer: identity.provider,
      audience: identity.audience,
      context: contextOf(input, identity, provider),
    });
    checkDuration(sts, input.RoleArn!, DurationSeconds);
    const { sourceIdentity, tags, transitiveTagKeys } = identity;
    const session = roleSession(sts, {
      role,
      name: input.RoleSessionName!,
      expires: clock.now() + DurationSeconds * 1000,
      input,
      tags,
      transitiveTagKeys,
      sourceIdentity,
      federatedProvider: provider,
    });
    return {
      ...session,
      SubjectFromWebIdentityToken: identity.subject,
      Provider: identity.provider,
      Audience: identity.audience,
    };
  };
}

function oauth(provider: string, token: string): WebIdentity {
  return {
    provider,
    subject: token.slice(0, 64),
    audience: undefined,
    sourceIdentity: undefined,
    claims: {},
    tags: [],
    transitiveTagKeys: [],
  };
}

/** What a trust policy calls the provider. */
function trustedName({ partition, account }: Role, issuer: string): string {
  const name = issuer.replace(/^https:\/\//, '');
  return KNOWN_PROVIDERS.includes(name) ? name : `arn:${partition}:iam::${account}:oidc-provider/${name}`;
}

/** `token.actions.githubusercontent.com:sub` and the like. */
function contextOf(
  { RoleSessionName }: AssumeRoleWithWebIdentityCommandInput,
  { provider, audience, claims, sourceIdentity, tags }: WebIdentity,
  trusted: string,
): RequestContext {
  const prefix = provider.replace(/^https:\/\//, '');
  return new RequestContext([
    ...Object.entries(claims).map(([name, value]) => [`${prefix}:${name}`, value] as const),
    [`${prefix}:oaud`, claims.aud],
    [`${prefix}:aud`, audience],
    ['aws:FederatedProvider', trusted],
    ['sts:RoleSessionName', RoleSessionName],
    ['sts:SourceIdentity', sourceIdentity],
    ...tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value] as const),
  ]);
}
