import { createPrivateKey, createPublicKey, type JsonWebKey, sign } from 'node:crypto';
import type { SigningAlgorithm, TokenIssuer } from '../iam/outbound/token-issuers.ts';

/** The names of keys as AWS gives them; each issuer has one of a kind. */
const KEY_IDS: Readonly<Record<SigningAlgorithm, string>> = { RS256: 'RSA_0', ES384: 'EC384_0' };
const HASHES: Readonly<Record<SigningAlgorithm, string>> = { RS256: 'sha256', ES384: 'sha384' };

/** A token in the compact form of RFC 7515. */
export function writeToken({ keys }: TokenIssuer, algorithm: SigningAlgorithm, claims: object): string {
  const header = { kid: KEY_IDS[algorithm], typ: 'JWT', alg: algorithm };
  const content = [header, claims].map((part) => base64(JSON.stringify(part))).join('.');
  const key = createPrivateKey({ key: keys[algorithm], format: 'jwk' });
  // RSA has no such form, and takes no notice of it.
  const signature = sign(HASHES[algorithm], Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

/** What verifies an issuer's tokens. */
export function publicKeys({ keys }: TokenIssuer): JsonWebKey[] {
  return (['RS256', 'ES384'] as const).map((algorithm) => {
    const key = createPublicKey(createPrivateKey({ key: keys[algorithm], format: 'jwk' }));
    return { alg: algorithm, kid: KEY_IDS[algorithm], use: 'sig', ...key.export({ format: 'jwk' }) };
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
