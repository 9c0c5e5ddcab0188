import { randomUUID } from 'node:crypto';
import {
  type GetWebIdentityTokenCommandInput,
  type GetWebIdentityTokenCommandOutput,
  OutboundWebIdentityFederationDisabledException,
  SessionDurationEscalationException,
  type Tag,
} from '@aws-sdk/client-sts';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import type { Session } from '../../../aws/session-token.ts';
import type { SigningAlgorithm } from '../../iam/outbound/token-issuers.ts';
import type { IamIdentity } from '../../iam/questions.ts';
import { invalidParameter, validationError } from '../errors.ts';
import { writeToken } from '../json-web-token.ts';
import { USUAL_TOKEN_DURATION } from '../permission.ts';
import { callerSession, type Sts } from '../sts.ts';

const ALGORITHMS: readonly string[] = ['RS256', 'ES384'] satisfies SigningAlgorithm[];

/**
 * A token that tells services outside of AWS who calls, signed by the account's issuer, which IAM turns on.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function getWebIdentityToken(
  sts: Sts,
): Operation<GetWebIdentityTokenCommandInput, GetWebIdentityTokenCommandOutput> {
  return (input, call) => {
    const { Audience = [], DurationSeconds = USUAL_TOKEN_DURATION, SigningAlgorithm = '' } = input;
    checkRequest(input);
    const issuer = sts.issuers.of(call);
    if (!issuer) {
      throw new OutboundWebIdentityFederationDisabledException({
        message: 'Outbound web identity federation is not enabled for this account',
        $metadata: {},
      });
    }
    const session = callerSession(sts, call);
    const issued = Math.floor(call.clock.now() / 1000);
    const expires = issued + DurationSeconds;
    if (session && expires * 1000 > session.expires) {
      const message =
        'The requested token duration would extend the session beyond its original expiration time';
      throw new SessionDurationEscalationException({ message, $metadata: {} });
    }
    const identity = sts.iam.identityOf(call.caller);
    const token = writeToken(issuer, SigningAlgorithm as SigningAlgorithm, {
      aud: Audience.length === 1 ? Audience[0] : Audience,
      sub: identity.arn,
      'https://sts.amazonaws.com/': awsClaims(call, identity, session, input.Tags ?? []),
      iss: issuer.url,
      exp: expires,
      iat: issued,
      jti: randomUUID(),
    });
    return { WebIdentityToken: token, Expiration: new Date(expires * 1000) };
  };
}

function checkRequest({ SigningAlgorithm, SubjectMode, Scope, Tags = [] }: GetWebIdentityTokenCommandInput) {
  if (!ALGORITHMS.includes(SigningAlgorithm!)) {
    throw validationError(`SigningAlgorithm must be one of ${ALGORITHMS.join(', ')}`);
  }
  if (SubjectMode === 'OriginIdentity') {
    throw validationError(
      'SubjectMode OriginIdentity requires a session whose trusted identity propagation context has an origin identity',
    );
  }
  if (Scope !== undefined) {
    throw validationError('Scope can be specified only when SubjectMode is OriginIdentity');
  }
  const names = Tags.map(({ Key }) => Key!.toLowerCase());
  if (new Set(names).size < names.length) {
    throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html */
function awsClaims(
  { account, region }: Call,
  { arn, tags }: IamIdentity,
  session: Session | undefined,
  requestTags: readonly Tag[],
): object {
  const principalTags = { ...tags, ...session?.tags };
  return {
    aws_account: account,
    source_region: region,
    principal_id: arn,
    original_session_exp: session && new Date(session.expires).toISOString().replace('.000Z', 'Z'),
    source_identity: session?.sourceIdentity,
    federated_provider: session?.federatedProvider,
    lambda_source_function_arn: session?.functionArn,
    principal_tags: unlessEmpty(principalTags),
    request_tags: unlessEmpty(Object.fromEntries(requestTags.map(({ Key, Value }) => [Key!, Value!]))),
  };
}

function unlessEmpty(tags: Readonly<Record<string, string>>): object | undefined {
  return Object.keys(tags).length > 0 ? tags : undefined;
}
