import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../../support/json-response.ts';
import { readIssuerRequest } from '../iam/outbound/address.ts';
import type { TokenIssuer, TokenIssuers } from '../iam/outbound/token-issuers.ts';
import { publicKeys } from './json-web-token.ts';

/** Serves what verifiers of tokens ask an issuer for: who it is, and its keys (OpenID Connect Discovery 1.0, RFC 7517). */
export async function serveIssuer(
  issuers: TokenIssuers,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  req.resume();
  const { id = '', document } = readIssuerRequest(req.url!) ?? {};
  const issuer = document === undefined ? undefined : issuers.withId(id);
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    sendJson(res, 405, { error: 'only GET is answered here' }, { allow: 'GET, HEAD' });
  } else if (!issuer) {
    sendJson(res, 404, { error: 'no such issuer of tokens' });
  } else {
    const isKeys = document === '/.well-known/jwks.json';
    sendJson(res, 200, isKeys ? { keys: publicKeys(issuer) } : configurationOf(issuer));
  }
}

/** What AWS's issuers tell. */
function configurationOf({ url }: TokenIssuer): object {
  return {
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', 'https://sts.amazonaws.com/'],
    id_token_signing_alg_values_supported: ['RS256', 'ES384'],
    issuer: url,
    jwks_uri: `${url}/.well-known/jwks.json`,
    subject_types_supported: ['public'],
  };
}
