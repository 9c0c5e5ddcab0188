import { S3Error } from 'minio';
import { errorCode, ObjectStoreUnavailable, type Outage, StorageFull } from '../errors.ts';

/** MinIO answered with a 5xx status. */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';
  readonly status: number;
  /** S3's name for it, if it gave one. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super([status, code].filter((part) => part !== undefined).join(' '));
    this.status = status;
    this.code = code;
  }
}

/** MinIO took longer than it may. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** What answers is no S3 server. */
export class NotMinio extends Error {
  override readonly name = 'NotMinio';
}

export interface ErrorContext {
  endpoint: string;
  accessKey: string;
  region: string;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
]);
const BAD_CREDENTIALS = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidTokenId']);
const FULL = new Set(['XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'QuotaExceeded']);

/** Whether an error of the client says that the object, or its bucket, is not there. */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', 'NoSuchBucket'].includes(s3Code(error) ?? '');
}

/** S3's name of an answer that refuses. */
export function s3Code(error: unknown): string | undefined {
  return error instanceof S3Error ? errorCode(error) : undefined;
}

/** ObjectStoreUnavailable or StorageFull where it is one of these, else `error` itself. */
export function translate(error: unknown, context: ErrorContext, bucket?: string): unknown {
  if (!(error instanceof Error) || error instanceof ObjectStoreUnavailable) return error;
  const code = error instanceof ServerFailure ? error.code : errorCode(error);
  if (code !== undefined && FULL.has(code)) return new StorageFull(`to MinIO at ${context.endpoint}`, error);
  const outage = error instanceof S3Error ? refusal(code, context, bucket) : failure(error, code, context);
  return outage ? new ObjectStoreUnavailable(context.endpoint, { ...outage, cause: error }) : error;
}

/** It could not be asked, or could not answer. */
function failure(error: Error, code: string | undefined, { endpoint }: ErrorContext): Outage | undefined {
  const minio = `MinIO at ${endpoint}`;
  if (error instanceof ServerFailure)
    return { what: `${minio} failed (${error.message})`, ways: ['its log says why'], transient: true };
  if (error instanceof NoAnswer)
    return {
      what: `${minio} does not answer (${error.message})`,
      ways: ['look at its log'],
      transient: true,
    };
  if (error instanceof NotMinio || code?.startsWith('HPE_')) return notMinio(endpoint);
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL_'))
    return {
      what: `what answers at ${endpoint} does not speak TLS`,
      ways: [`use ${endpoint.replace(/^https:/, 'http:')} as minioEndpoint`],
      transient: false,
    };
  if (code && /CERT|SIGNATURE|^ERR_TLS_/.test(code))
    return {
      what: `the certificate of ${minio} is not trusted (${code})`,
      ways: ['name the certificate that signed it in the variable NODE_EXTRA_CA_CERTS'],
      transient: false,
    };
  if (code && UNREACHABLE.has(code))
    return {
      what: `${minio} can't be reached (${code})`,
      ways: ['start it', 'correct minioEndpoint'],
      transient: true,
    };
  return undefined;
}

/** It answered that it won't. */
function refusal(
  code: string | undefined,
  { endpoint, accessKey, region }: ErrorContext,
  bucket: string | undefined,
): Outage | undefined {
  const minio = `MinIO at ${endpoint}`;
  if (code === undefined || code === 'MovedPermanently' || code === 'TemporaryRedirect')
    return notMinio(endpoint);
  if (BAD_CREDENTIALS.has(code))
    return {
      what: `${minio} refuses the credentials of ${accessKey} (${code})`,
      ways: ['set minioAccessKey and minioSecretKey to those of a user that it has'],
      transient: false,
    };
  if (code === 'BucketAlreadyExists')
    return {
      what: `bucket ${bucket} of ${minio} belongs to somebody else`,
      ways: ['use credentials of its owner', 'use another MinIO'],
      transient: false,
    };
  if (code === 'AccessDenied' || code === 'AllAccessDisabled' || code === 'AccountProblem')
    return {
      what: `${minio} denies ${accessKey} the use of bucket ${bucket} (${code}): it is another's, or a policy forbids it`,
      ways: ['allow that user s3:* on the bucket and its objects', 'use other credentials'],
      transient: false,
    };
  if (code === 'RequestTimeTooSkewed')
    return {
      what: `the clocks of this machine and of ${minio} differ by more than 15 minutes`,
      ways: ['correct the one that is wrong'],
      transient: false,
    };
  if (code === 'AuthorizationHeaderMalformed' || code === 'IllegalLocationConstraintException')
    return {
      what: `${minio} is not in region ${region}`,
      ways: ['set minioRegion to the one it is in'],
      transient: false,
    };
  return undefined;
}

function notMinio(endpoint: string): Outage {
  return {
    what: `what answers at ${endpoint} is not MinIO's S3 API`,
    ways: ["give the port of the API, not the console's, as minioEndpoint", 'use https:// where it has TLS'],
    transient: false,
  };
}
