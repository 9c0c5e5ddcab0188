import { join } from 'node:path';
import { findAwsClients } from '../../setup/aws-clients.mjs';
import { CACHE_DIR } from '../daemon.ts';
import { type ClientResult, runClient, STRICT } from './run-client.ts';

const FOLDER = findAwsClients(CACHE_DIR);

/** False where tests with boto3 and the AWS CLI are skipped. With CI=true they run, and fail without. */
export const HAS_PYTHON_CLIENTS = FOLDER !== undefined || STRICT;

/** How a user points clients at lambdock. */
export function awsEnvironment(url: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    PATH: process.env.PATH ?? '',
    ...extra,
  };
}

/** The AWS CLI v1. By flag, since for SQS it overlooks AWS_ENDPOINT_URL, and would ask AWS. */
export function awsCli(args: string[], env: Record<string, string>): Promise<ClientResult> {
  return python(['-m', 'awscli', '--endpoint-url', env.AWS_ENDPOINT_URL!, ...args], env);
}

/** A script that has `boto3`; resolves with what it prints as JSON. */
export async function boto3(script: string, env: Record<string, string>): Promise<unknown> {
  const source = `import boto3, json, botocore\n${script}`;
  const { code, stdout, stderr } = await python(['-c', source], env);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function python(args: string[], env: Record<string, string>): Promise<ClientResult> {
  if (!FOLDER) throw new Error('there are no AWS clients: node test/setup/aws-clients.mjs installs them');
  return runClient(join(FOLDER, 'bin', 'python'), args, env);
}
