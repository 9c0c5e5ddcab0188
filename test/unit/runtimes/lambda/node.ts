import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type RuntimePlan, RuntimeUnderTest } from '../../../support/lambda-runtime.ts';

const BOOTSTRAP = join(import.meta.dirname, '../../../../runtimes/lambda-node/bootstrap.mjs');
/** What Lambda turns off up to Node.js 22: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const FLAGS = ['--no-experimental-require-module', '--no-experimental-detect-module'];

/** LAMBDOCK_TEST_NODE names another one, to try what differs between versions. */
export const node = process.env.LAMBDOCK_TEST_NODE ?? process.execPath;
const flags = FLAGS.filter((flag) => spawnSync(node, [flag, '--version']).status === 0);

/** Our runtime for Node.js with the given code, `index.js` when it is only a text. */
export function nodeRuntime(
  code: string | Record<string, string>,
  plan: Partial<RuntimePlan> = {},
  keepAliveTimeout?: number,
): Promise<RuntimeUnderTest> {
  return RuntimeUnderTest.start(
    {
      command: [node, ...flags, BOOTSTRAP],
      handler: 'index.handler',
      files: typeof code === 'string' ? { 'index.js': code } : code,
      ...plan,
      env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x', ...plan.env },
    },
    keepAliveTimeout,
  );
}
