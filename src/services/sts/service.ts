import { readConstraints } from '../../aws/constraints.ts';
import type { Service } from '../../aws/service.ts';
import constraints from './constraints.json' with { type: 'json' };
import { serveIssuer } from './issuer-documents.ts';
import { assumeRole } from './operations/assume-role.ts';
import { assumeRoleWithSaml } from './operations/assume-role-with-saml.ts';
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts';
import { assumeRoot } from './operations/assume-root.ts';
import { decodeAuthorizationMessage } from './operations/decode-authorization-message.ts';
import { getAccessKeyInfo } from './operations/get-access-key-info.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';
import { getDelegatedAccessToken } from './operations/get-delegated-access-token.ts';
import { getFederationToken } from './operations/get-federation-token.ts';
import { getScopedCredentials } from './operations/get-scoped-credentials.ts';
import { getSessionToken } from './operations/get-session-token.ts';
import { getWebIdentityToken } from './operations/get-web-identity-token.ts';
import { stsPermission } from './permission.ts';
import { stsModel } from './schemas.ts';
import type { Sts } from './sts.ts';

/** Security Token Service: who calls, and temporary credentials. Keeps nothing: all is in the tokens. */
export function createSts(sts: Sts): Service {
  return {
    model: stsModel(),
    unsigned: ['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
    permission: stsPermission,
    constraints: readConstraints(constraints),
    limits: {
      AssumeRole:
        'a role that does not exist, or does not trust the caller, is a parity warning; refused with `--strict`',
      AssumeRoleWithSAML:
        'the signature of the assertion is not verified; encrypted ones are refused; a provider that is not there, or a role that does not trust it, is a parity warning; refused with `--strict`',
      AssumeRoleWithWebIdentity:
        'the signature of the token is not verified; a provider that is not there, or a role that does not trust it, is a parity warning; refused with `--strict`',
      DecodeAuthorizationMessage:
        'always InvalidAuthorizationMessageException: nothing encodes such messages',
      GetDelegatedAccessToken: 'always ExpiredTradeInTokenException: nothing issues such tokens',
      GetWebIdentityToken:
        'the issuer is this daemon’s; SubjectMode OriginIdentity, and with it Scope, is refused: no session has an origin identity',
    },
    serve: (req, res) => serveIssuer(sts.issuers, req, res),
    operations: {
      AssumeRole: assumeRole(sts),
      AssumeRoleWithSAML: assumeRoleWithSaml(sts),
      AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity(sts),
      AssumeRoot: assumeRoot(sts),
      DecodeAuthorizationMessage: decodeAuthorizationMessage(),
      GetAccessKeyInfo: getAccessKeyInfo(),
      GetCallerIdentity: getCallerIdentity(),
      GetDelegatedAccessToken: getDelegatedAccessToken(),
      GetFederationToken: getFederationToken(sts),
      GetScopedCredentials: getScopedCredentials(sts),
      GetSessionToken: getSessionToken(sts),
      GetWebIdentityToken: getWebIdentityToken(sts),
    },
  };
}
