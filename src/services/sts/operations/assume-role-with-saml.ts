import { createHash } from 'node:crypto';
import type { AssumeRoleWithSAMLCommandInput, AssumeRoleWithSAMLCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { RequestContext } from '../../iam/policy/context.ts';
import { parseSamlProviderArn } from '../arns.ts';
import { checkFederation } from '../federation.ts';
import { roleSession } from '../role-session.ts';
import { roleOf } from '../roles.ts';
import { readAssertion } from '../saml.ts';
import type { Sts } from '../sts.ts';

const USUAL_DURATION = 3600;

/**
 * Called unsigned: the assertion is the proof.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
 */
export function assumeRoleWithSaml(
  sts: Sts,
): Operation<AssumeRoleWithSAMLCommandInput, AssumeRoleWithSAMLCommandOutput> {
  return (input, { clock }) => {
    const role = roleOf(sts, input.RoleArn!);
    const provider = parseSamlProviderArn(input.PrincipalArn!);
    const assertion = readAssertion(input.SAMLAssertion!, clock.now());
    checkFederation(sts, {
      operation: 'AssumeRoleWithSAML',
      roleArn: input.RoleArn!,
      provider: input.PrincipalArn!,
      issuer: assertion.issuer,
      context: new RequestContext([
        ['saml:aud', assertion.recipient],
        ['saml:iss', assertion.issuer],
        ['saml:sub', assertion.subject],
        ['saml:sub_type', assertion.subjectType],
        ['saml:doc', `${provider.account}/${provider.name}`],
        ['saml:namequalifier', qualifier(assertion.issuer, provider)],
        ['aws:FederatedProvider', input.PrincipalArn],
        ['sts:RoleSessionName', assertion.sessionName],
        ['sts:SourceIdentity', assertion.sourceIdentity],
      ]),
    });
    const { DurationSeconds = USUAL_DURATION } = input;
    const session = roleSession(sts, {
      role,
      name: assertion.sessionName,
      expires: clock.now() + Math.min(DurationSeconds, assertion.sessionDuration ?? DurationSeconds) * 1000,
      input,
      sourceIdentity: assertion.sourceIdentity,
      federatedProvider: input.PrincipalArn!,
    });
    return {
      ...session,
      Subject: assertion.subject,
      SubjectType: assertion.subjectType,
      Issuer: assertion.issuer,
      Audience: assertion.recipient,
      NameQualifier: qualifier(assertion.issuer, provider),
    };
  };
}

/** With the subject it tells one user from all others. */
function qualifier(issuer: string, { account, name }: { account: string; name: string }): string {
  return createHash('sha1').update(`${issuer}${account}/${name}`).digest('base64');
}
