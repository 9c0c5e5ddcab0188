import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, expect, test } from 'vitest';
import { eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { makeZip } from '../support/zip.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-fault-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

function client({ url }: RunningDaemon): LambdaClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new LambdaClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

async function create(lambda: LambdaClient, code: string, Timeout = 10): Promise<string> {
  const FunctionName = `fault-${randomUUID().slice(0, 8)}`;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/test',
      Code: { ZipFile: makeZip({ 'index.js': code }) },
      Timeout,
    }),
  );
  return FunctionName;
}

async function invoke(
  lambda: LambdaClient,
  FunctionName: string,
  event: unknown = {},
): Promise<InvokeCommandOutput> {
  return lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
}

const answerOf = ({ Payload }: InvokeCommandOutput): unknown => JSON.parse(Payload!.transformToString());

const GRANDCHILD = `
const { spawn } = require('node:child_process');
const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
exports.handler = async ({ loop }) => { if (loop) for (;;); return [process.pid, child.pid]; };`;

test('kill -9 of the daemon ends environments, also one stuck in a loop, and what they started ends with the next daemon', async () => {
  const first = await startDaemon({ dataDir });
  const lambda = client(first);
  const name = await create(lambda, GRANDCHILD);
  const [pid, grandchild] = answerOf(await invoke(lambda, name)) as [number, number];
  const stuck = await create(lambda, GRANDCHILD);
  const looping = invoke(lambda, stuck, { loop: true }).catch(() => undefined);
  await eventually(() => descendants(first.pid).filter((one) => /sleep/.test(commandOf(one))).length >= 2);
  const started = descendants(first.pid).filter((one) => !/sleep/.test(commandOf(one)));
  await first.kill();
  await looping;
  expect(started).toContain(pid);
  await eventually(() => started.every((one) => !isAlive(one)));
  await using second = await startDaemon({ dataDir });
  const [again] = answerOf(await invoke(client(second), name)) as [number, number];
  expect(again).not.toBe(pid);
  await eventually(() => !isAlive(grandchild));
});

test('an environment that is killed within an invocation is an error for its caller, and replaced', async () => {
  await using daemon = await startDaemon();
  const lambda = client(daemon);
  const name = await create(
    lambda,
    `exports.handler = async ({ begun }) => {
      if (begun === undefined) return process.pid;
      require('node:fs').writeFileSync(begun, '');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };`,
    120,
  );
  const pid = answerOf(await invoke(lambda, name)) as number;
  const begun = join(dataDir, 'begun');
  const waiting = invoke(lambda, name, { begun });
  await eventually(() => existsSync(begun));
  process.kill(pid, 'SIGKILL');
  const failed = await waiting;
  expect(failed.FunctionError).toBe('Unhandled');
  expect(answerOf(failed)).toEqual({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: signal: killed$/),
  });
  process.kill(answerOf(await invoke(lambda, name)) as number, 'SIGKILL'); // while it is idle
  await eventually(async () => (await invoke(lambda, name)).FunctionError === undefined);
});

test('a daemon that stops leaves no process and no folder of an environment', async () => {
  const daemon = await startDaemon({ dataDir });
  const lambda = client(daemon);
  const name = await create(lambda, GRANDCHILD);
  const pids = answerOf(await invoke(lambda, name)) as number[];
  const all = descendants(daemon.pid);
  await daemon.stop();
  await eventually(() => [...all, ...pids].every((pid) => !isAlive(pid)));
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
