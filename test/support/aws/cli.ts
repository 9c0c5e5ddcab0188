import { findAwsCli2 } from '../../setup/aws-cli2.mjs';
import { awsCli, HAS_PYTHON_CLIENTS } from './python.ts';
import { type ClientResult, runClient, STRICT } from './run-client.ts';

const PROGRAM = findAwsCli2();

export interface AwsCli {
  readonly name: string;
  /** False where its tests are skipped. With CI=true they run, and fail without. */
  readonly usable: boolean;
  run(args: string[], env: Record<string, string>): Promise<ClientResult>;
}

/** Both versions that people have, which differ in how they read payloads and speak to servers. */
export const AWS_CLIS: readonly AwsCli[] = [
  { name: 'version 1', usable: HAS_PYTHON_CLIENTS, run: awsCli },
  { name: 'version 2', usable: PROGRAM !== undefined || STRICT, run: awsCli2 },
];

function awsCli2(args: string[], env: Record<string, string>): Promise<ClientResult> {
  if (!PROGRAM) throw new Error('there is no AWS CLI of version 2: node test/setup/aws-cli2.mjs installs it');
  // As scripts written for version 1 set it; version 2 wants payloads in base64 otherwise.
  const args2 = [
    '--endpoint-url',
    env.AWS_ENDPOINT_URL!,
    '--cli-binary-format',
    'raw-in-base64-out',
    ...args,
  ];
  return runClient(PROGRAM, args2, { ...env, AWS_PAGER: '' });
}
