import { ExpiredTokenException, InvalidIdentityTokenException, type Tag } from '@aws-sdk/client-sts';

/** Who a web identity token says its bearer is. */
export interface WebIdentity {
  provider: string;
  subject: string;
  audience: string | undefined;
  sourceIdentity: string | undefined;
  /** What the token says by single words, for the conditions of trust policies. */
  claims: Readonly<Record<string, string>>;
  /** For the session. */
  tags: Tag[];
  transitiveTagKeys: string[];
}

const SOURCE_IDENTITY = 'https://aws.amazon.com/source_identity';
const TAGS = 'https://aws.amazon.com/tags';

/**
 * Reads an OpenID Connect token. Its signature is not verified, as there is no identity provider to ask.
 *
 * @throws InvalidIdentityTokenException, ExpiredTokenException
 */
export function readWebIdentity(token: string, now: number): WebIdentity {
  const claims = readClaims(token);
  const { iss, sub, aud, azp, exp } = claims;
  if (typeof iss !== 'string') throw invalid('Missing a required claim: iss');
  if (typeof sub !== 'string') throw invalid('Missing a required claim: sub');
  const seconds = Math.floor(now / 1000);
  if (typeof exp === 'number' && exp <= seconds) {
    const message = `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`;
    throw new ExpiredTokenException({ message, $metadata: {} });
  }
  const audience: unknown = azp ?? (Array.isArray(aud) ? aud[0] : aud);
  const source = claims[SOURCE_IDENTITY];
  return {
    provider: iss,
    subject: sub,
    audience: typeof audience === 'string' ? audience : undefined,
    sourceIdentity: typeof source === 'string' ? source : undefined,
    claims: Object.fromEntries(
      Object.entries(claims).filter((claim): claim is [string, string] => typeof claim[1] === 'string'),
    ),
    ...readTags(claims[TAGS]),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp */
function readTags(claim: unknown): Pick<WebIdentity, 'tags' | 'transitiveTagKeys'> {
  if (typeof claim !== 'object' || claim === null) return { tags: [], transitiveTagKeys: [] };
  const { principal_tags: tags, transitive_tag_keys: keys } = claim as Readonly<Record<string, unknown>>;
  return {
    tags: Object.entries(tags ?? {}).map(([Key, values]) => ({
      Key,
      Value: String([values].flat()[0] ?? ''),
    })),
    transitiveTagKeys: Array.isArray(keys) ? keys.map(String) : [],
  };
}

function readClaims(token: string): Readonly<Record<string, unknown>> {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1];
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    if (typeof claims === 'object' && claims !== null) return claims as Record<string, unknown>;
  } catch {
    // told below
  }
  throw invalid(
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  );
}

function invalid(message: string): InvalidIdentityTokenException {
  return new InvalidIdentityTokenException({ message, $metadata: {} });
}
