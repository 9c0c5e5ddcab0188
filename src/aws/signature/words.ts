import { WireError } from '../errors.ts';
import type { ProtocolName, ServiceIdentity } from '../shapes/model.ts';

/** How services refuse who is not known, in the words of their kind. */
export interface RefusalWords {
  mismatch(canonical: string, stringToSign: string): WireError;
  unknownKey(): WireError;
  unsigned(): WireError;
  badBody(): WireError;
  /** `text` says which times do not fit. */
  skewed(text: string): WireError;
  expired(): WireError;
}

const NOT_VALID = 'The security token included in the request is invalid.';
const CHECK =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

function explained(canonical: string, stringToSign: string): string {
  return `${CHECK}\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`;
}

const QUERY: RefusalWords = {
  mismatch: (canonical, text) => new WireError('SignatureDoesNotMatch', 403, explained(canonical, text)),
  unknownKey: () => new WireError('InvalidClientTokenId', 403, NOT_VALID),
  unsigned: () => new WireError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token'),
  badBody: () => new WireError('SignatureDoesNotMatch', 403, CHECK),
  skewed: (text) => new WireError('SignatureDoesNotMatch', 403, text),
  expired: () => new WireError('RequestExpired', 400, 'Request has expired.'),
};

const JSON_WORDS: RefusalWords = {
  mismatch: (canonical, text) => new WireError('InvalidSignatureException', 403, explained(canonical, text)),
  unknownKey: () => new WireError('UnrecognizedClientException', 403, NOT_VALID),
  unsigned: () => new WireError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token'),
  badBody: () => new WireError('InvalidSignatureException', 403, CHECK),
  skewed: (text) => new WireError('InvalidSignatureException', 403, text),
  expired: () => new WireError('InvalidSignatureException', 403, 'Signature expired.'),
};

const EC2: RefusalWords = {
  ...QUERY,
  unknownKey: () =>
    new WireError('AuthFailure', 401, 'AWS was not able to validate the provided access credentials'),
  skewed: () => new WireError('RequestExpired', 400, 'Request has expired.'),
};

const S3: RefusalWords = {
  mismatch: () =>
    new WireError(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    ),
  unknownKey: () =>
    new WireError(
      'InvalidAccessKeyId',
      403,
      'The AWS Access Key Id you provided does not exist in our records.',
    ),
  unsigned: () => new WireError('AccessDenied', 403, 'Access Denied'),
  badBody: () =>
    new WireError(
      'XAmzContentSHA256Mismatch',
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
  skewed: () =>
    new WireError(
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
    ),
  expired: () => new WireError('AccessDenied', 403, 'Request has expired'),
};

export function wordsOf(protocol: ProtocolName, { s3Like }: ServiceIdentity): RefusalWords {
  if (s3Like) return S3;
  if (protocol === 'ec2-query') return EC2;
  return protocol === 'query' ? QUERY : JSON_WORDS;
}

/** The wire's own codes, as protocols of today call them; the query protocols have the shorter names. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  ExpiredToken: 'ExpiredTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidClientTokenId: 'UnrecognizedClientException',
};

/** An error about who calls, with the code that the protocol has for it. */
export function inWordsOf(protocol: ProtocolName, error: unknown): unknown {
  const json = protocol === 'rest-json' || protocol.startsWith('json-') || protocol === 'rpc-v2-cbor';
  if (!json || !(error instanceof WireError) || !Object.hasOwn(LONG_NAMES, error.code)) return error;
  return new WireError(LONG_NAMES[error.code]!, error.status, error.message);
}
