import { createHash } from 'node:crypto';
import type { AssumeRoleWithSAMLCommandInput, AssumeRoleWithSAMLCommandOutput } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/service.ts';
import { RequestContext } from '../../iam/policy/context.ts';
import { assumedRole, parseSamlProviderArn } from '../arns.ts';
import { checkFederation } from '../federation.ts';
import { roleOf } from '../roles.ts';
import { readAssertion } from '../saml.ts';
import { packedPolicySize, restrictionsOf } from '../session-policy.ts';
import { issue, type Sts } from '../sts.ts';

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
    const principal = assumedRole(role, assertion.sessionName);
    const { sourceIdentity, sessionDuration } = assertion;
    const size = packedPolicySize(input.Policy, input.PolicyArns);
    const duration = input.DurationSeconds ?? USUAL_DURATION;
    const issued = issue(sts, {
      principal,
      expires: clock.now() + Math.min(duration, sessionDuration ?? duration) * 1000,
      session: {
        ...restrictionsOf(input.Policy, input.PolicyArns),
        federatedProvider: input.PrincipalArn!,
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      },
      minimumSize: input.MinimumSessionTokenSize,
    });
    return {
      ...issued,
      AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
      PackedPolicySize: size,
      Subject: assertion.subject,
      SubjectType: assertion.subjectType,
      Issuer: assertion.issuer,
      Audience: assertion.recipient,
      NameQualifier: qualifier(assertion.issuer, provider),
      SourceIdentity: sourceIdentity,
    };
  };
}

/** With the subject it tells one user from all others. */
function qualifier(issuer: string, { account, name }: { account: string; name: string }): string {
  return createHash('sha1').update(`${issuer}${account}/${name}`).digest('base64');
}
