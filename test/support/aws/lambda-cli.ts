import { readFileSync } from 'node:fs';
import {
  CreateFunctionCommand,
  type CreateFunctionRequest,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import type { AwsCli } from './cli.ts';
import type { ClientFolder } from './client-folder.ts';
import { zipOf } from './zip.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/lambda';

export interface NewFunction extends Pick<CreateFunctionRequest, 'Timeout' | 'Environment'> {
  runtime: string;
  handler: string;
  files: Readonly<Record<string, string | Uint8Array>>;
}

export interface CliOutcome {
  StatusCode: number;
  ExecutedVersion: string;
  FunctionError?: string;
  /** Decoded. */
  LogResult?: string;
  /** As text, since a function may answer anything. */
  payload: string;
}

/** `aws lambda …`, for tests that say what a person would type. */
export class LambdaCli {
  readonly #cli: AwsCli;
  readonly #env: Record<string, string>;
  readonly #folder: ClientFolder;

  constructor(cli: AwsCli, env: Record<string, string>, folder: ClientFolder) {
    this.#cli = cli;
    this.#env = env;
    this.#folder = folder;
  }

  /** What a command prints; rejects with what it says when it fails. */
  async text(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#cli.run(args, this.#env);
    if (code !== 0) throw new Error(stderr.trim());
    return stdout;
  }

  /** What a command prints, read as JSON: `json('lambda', 'list-functions')`. */
  async json(...args: string[]): Promise<Record<string, unknown>> {
    const text = await this.text(...args, '--output', 'json');
    return (text.trim() === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  }

  /** An active function, made by AWS's SDK: a command line takes a second to start, and three would be needed. */
  async create(name: string, { runtime, handler, files, ...more }: NewFunction): Promise<void> {
    const client = new LambdaClient({
      endpoint: this.#env.AWS_ENDPOINT_URL!,
      region: this.#env.AWS_DEFAULT_REGION!,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    await client.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: runtime as NonNullable<CreateFunctionRequest['Runtime']>,
        Handler: handler,
        Role: ROLE,
        Code: { ZipFile: zipOf(files) },
        ...more,
      }),
    );
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 20, minDelay: 1 }, { FunctionName: name });
    client.destroy();
  }

  async invoke(name: string, payload: unknown = {}, ...options: string[]): Promise<CliOutcome> {
    const into = this.#folder.file();
    const from = `file://${this.#folder.file(JSON.stringify(payload))}`;
    const args = ['--function-name', name, '--payload', from, ...options, into];
    const answer = (await this.json('lambda', 'invoke', ...args)) as unknown as CliOutcome;
    return {
      ...answer,
      ...(answer.LogResult ? { LogResult: Buffer.from(answer.LogResult, 'base64').toString() } : {}),
      payload: readFileSync(into, 'utf8'),
    };
  }
}
