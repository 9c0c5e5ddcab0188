import { IAM } from '@aws-sdk/client-iam';
import type { AwsServer } from '../../aws/support.ts';

export function iamClient(
  { url }: AwsServer,
  accessKeyId = 'test',
  secretAccessKey = 'test',
  region = 'us-east-1',
): IAM {
  const credentials = { accessKeyId, secretAccessKey };
  return new IAM({ endpoint: url, region, credentials, maxAttempts: 1 });
}

/** An answer without what every answer has. */
export async function answer<T extends { $metadata: unknown }>(
  promise: Promise<T>,
): Promise<Omit<T, '$metadata'>> {
  const { $metadata: _, ...rest } = await promise;
  return rest;
}
