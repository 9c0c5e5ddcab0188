import { createHash } from 'node:crypto';
import { CodeStorageExceededException, type FunctionCode, type PackageType } from '@aws-sdk/client-lambda';
import { ImageNotFound } from '../../execution/function-host.ts';
import type { Scope } from '../../storage/scope.ts';
import { asServiceError, invalidParameter, tooLarge } from './errors.ts';
import type { Lambda } from './lambda.ts';
import { LIMITS } from './limits.ts';
import type { StoredCode } from './store/function-record.ts';
import { checkZip } from './zip-check.ts';

/**
 * Stores the code that a request names, and has `write` write the row that refers to it.
 *
 * @throws InvalidParameterValueException, CodeStorageExceededException
 */
export async function withCode<T>(
  lambda: Lambda,
  scope: Scope,
  code: FunctionCode,
  packageType: PackageType,
  write: (code: StoredCode) => T,
): Promise<T> {
  if (packageType === 'Image') return write(await findImage(lambda, code));
  if (code.ImageUri !== undefined) {
    throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
  }
  const zip = await readZip(lambda, code);
  const unpacked = checkZip(zip);
  const { bytes } = lambda.functions.usage(scope);
  if (bytes + zip.length > LIMITS.storage) {
    throw new CodeStorageExceededException({
      message: 'Code storage limit exceeded.',
      Type: 'User',
      $metadata: {},
    });
  }
  return lambda.packages.keep(zip, (stored) => write({ kind: 'zip', unpacked, ...stored }));
}

async function readZip(
  { packages }: Lambda,
  { ZipFile, S3Bucket, S3Key }: FunctionCode,
): Promise<Uint8Array> {
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.');
    }
    if (ZipFile.length > LIMITS.zipped) {
      throw tooLarge(`Zipped size must be smaller than ${LIMITS.zipped} bytes`);
    }
    if (ZipFile.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
    return ZipFile;
  }
  if (S3Bucket === undefined && S3Key === undefined) {
    throw invalidParameter('Please provide a source for function code.');
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter('S3 Bucket and Key are required for uploading with S3 parameters.');
  }
  const object = await packages.read(S3Bucket, S3Key);
  if (!object) throw missingObject(await packages.hasObjects(S3Bucket));
  return object;
}

function missingObject(bucketExists: boolean): Error {
  const [code, message] = bucketExists
    ? ['NoSuchKey', 'The specified key does not exist.']
    : ['NoSuchBucket', 'The specified bucket does not exist'];
  return invalidParameter(
    `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`,
  );
}

/** To be called once a row that referred to this code is gone. */
export function releaseCode({ packages }: Lambda, code: StoredCode): void {
  if (code.kind === 'zip') packages.release(code.sha256);
}

/** An image is known by its digest; where nothing runs images, one that is named by a tag gets a digest of its name. */
async function findImage(
  { host }: Lambda,
  { ImageUri, ZipFile, S3Bucket, S3Key }: FunctionCode,
): Promise<StoredCode> {
  if (ZipFile !== undefined || S3Bucket !== undefined || S3Key !== undefined || ImageUri === undefined) {
    throw invalidParameter('Please provide ImageUri when updating a function with packageType Image.');
  }
  const found = await host.findImage(ImageUri).catch((error: unknown) => {
    if (!(error instanceof ImageNotFound)) throw asServiceError(error);
    throw invalidParameter(`Source image ${ImageUri} does not exist. Provide a valid source image.`);
  });
  if (found) return { kind: 'image', uri: ImageUri, ...found };
  const [, repository, given] = /^(.*?)(?:@sha256:([0-9a-f]{64})|:[^:/]+)?$/.exec(ImageUri) ?? [];
  const digest = given ?? createHash('sha256').update(ImageUri).digest('hex');
  return { kind: 'image', uri: ImageUri, resolvedUri: `${repository}@sha256:${digest}`, digest };
}
