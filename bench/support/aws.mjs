import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';

export const REGION = 'us-east-1';
const ROLE = 'arn:aws:iam::000000000000:role/bench';
/** Asked for without a pause, so that it adds little to what is measured. */
const POLL_EVERY = 2;

/** The handler of servers/bare.mjs, as a Lambda function. */
const HANDLER = `exports.handler = async () => ({ message: 'Hello, world!' });\n`;
/** What one answers that has its text from the caller. */
export const PAYLOAD = '{"name":"bench"}';

/**
 * A client that does not hide failures by trying again.
 * @param {string} endpoint
 */
export function lambdaClient(endpoint) {
  return new LambdaClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

/** A function package of one file, made by Python as the machine has no `zip`. */
export function helloPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'lambdock-bench-zip-'));
  try {
    writeFileSync(join(folder, 'index.js'), HANDLER);
    execFileSync('python3', ['-m', 'zipfile', '-c', 'code.zip', 'index.js'], { cwd: folder });
    return readFileSync(join(folder, 'code.zip'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {LambdaClient} client
 * @param {string} FunctionName
 * @param {Uint8Array} ZipFile
 */
export function createLambda(client, FunctionName, ZipFile) {
  return client.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile },
    }),
  );
}

/**
 * Resolves when the function may be invoked.
 * @param {LambdaClient} client
 * @param {string} FunctionName
 */
export async function active(client, FunctionName) {
  for (;;) {
    const { State } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (State === 'Active') return;
    if (State === 'Failed') throw new Error(`${FunctionName} failed to become active`);
    await sleep(POLL_EVERY);
  }
}

/**
 * @param {LambdaClient} client
 * @param {string} FunctionName
 */
export async function invoke(client, FunctionName) {
  const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: PAYLOAD }));
  const text = Payload?.transformToString() ?? '';
  if (FunctionError || !text.includes('Hello, world!')) throw new Error(`${FunctionName} answered ${text}`);
}

/**
 * An invocation as it goes over the wire, signed by nobody in particular.
 * @param {string} name
 * @returns {{ path: string, request: import('./load.mjs').Request }}
 */
export function rawInvocation(name) {
  return {
    path: `/2015-03-31/functions/${name}/invocations`,
    request: {
      method: 'POST',
      body: PAYLOAD,
      headers: {
        'content-type': 'application/octet-stream',
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0`,
      },
    },
  };
}
