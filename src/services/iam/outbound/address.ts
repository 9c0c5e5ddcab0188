/** Where an account's issuer of tokens is. Imported by the front server, and so imports nothing. */
const PATH =
  /^\/_aws\/token-issuer\/([0-9a-f-]{36})(\/\.well-known\/(?:openid-configuration|jwks\.json))?(?=[/?]|$)/;

/** The URL of an issuer on a daemon that is reached at `base`; what its documents are found under, and what tokens name. */
export function issuerUrl(base: string, id: string): string {
  return `${base}/_aws/token-issuer/${id}`;
}

export interface IssuerRequest {
  id: string;
  /** Undefined where it is none of the two documents. */
  document: string | undefined;
}

export function readIssuerRequest(url: string): IssuerRequest | undefined {
  const match = PATH.exec(url);
  return match ? { id: match[1]!, document: match[2] } : undefined;
}
