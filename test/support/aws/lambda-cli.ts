import { readFileSync } from 'node:fs';
import type { AwsCli } from './cli.ts';
import type { ClientFolder } from './client-folder.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/lambda';

export interface NewFunction {
  runtime: string;
  handler: string;
  files: Readonly<Record<string, string | Uint8Array>>;
  /** More of create-function's options. */
  options?: string[];
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

  /** Creates a function and waits until it is active, as scripts do. */
  async create(name: string, { runtime, handler, files, options = [] }: NewFunction): Promise<void> {
    const args = ['--function-name', name, '--runtime', runtime, '--handler', handler, '--role', ROLE];
    const code = ['--zip-file', `fileb://${this.#folder.zip(files)}`];
    await this.json('lambda', 'create-function', ...args, ...code, ...options);
    await this.text('lambda', 'wait', 'function-active-v2', '--function-name', name);
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
