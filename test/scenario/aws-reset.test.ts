import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zipOf } from '../support/aws/zip.ts';
import { eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

let daemon: RunningDaemon;
let lambda: Lambda;
let logs: CloudWatchLogs;
let iam: IAM;

beforeAll(async () => {
  daemon = await startDaemon();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: daemon.url, region: 'eu-central-1', credentials, maxAttempts: 1 };
  lambda = new Lambda(config);
  logs = new CloudWatchLogs(config);
  iam = new IAM(config);
});

afterAll(async () => {
  for (const client of [lambda, logs, iam]) client.destroy();
  await daemon[Symbol.asyncDispose]();
});

/** A function that says which it is, and takes its time when asked to; with a layer, an alias, a role and a log. */
async function makeAll(name: string): Promise<void> {
  const { Role } = await iam.createRole({ RoleName: 'mine', AssumeRolePolicyDocument: TRUST });
  const ZipFile = zipOf({
    'index.js': `exports.handler = async ({ wait = 0 }) => { await new Promise((r) => setTimeout(r, wait)); return '${name}'; };`,
  });
  const { LayerVersionArn } = await lambda.publishLayerVersion({ LayerName: 'layer', Content: { ZipFile } });
  await lambda.createFunction({
    FunctionName: 'f',
    Role: Role!.Arn,
    Runtime: 'nodejs20.x',
    Handler: 'index.handler',
    Timeout: 60,
    Code: { ZipFile },
    Layers: [LayerVersionArn!],
    Publish: true,
  });
  await lambda.createAlias({ FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
}

async function invoke(event: object = {}): Promise<string> {
  const { Payload } = await lambda.invoke({ FunctionName: 'f', Payload: JSON.stringify(event) });
  return Payload!.transformToString();
}

async function reset(): Promise<unknown> {
  const response = await fetch(`${daemon.url}/_lambdock/reset`, { method: 'POST' });
  return [response.status, await response.json()];
}

test('a reset takes all of AWS’s services with it, and what comes then begins anew', async () => {
  await makeAll('first');
  expect(await invoke()).toBe('"first"');
  expect(await reset()).toEqual([200, { removed: 1 }]);
  expect((await lambda.listFunctions({})).Functions).toEqual([]);
  expect((await lambda.listLayers({})).Layers).toEqual([]);
  expect((await logs.describeLogGroups({})).logGroups).toEqual([]);
  expect((await iam.listRoles({})).Roles).toEqual([]);
  await makeAll('second');
  expect(await invoke()).toBe('"second"');
  expect((await lambda.listVersionsByFunction({ FunctionName: 'f' })).Versions).toHaveLength(2);
});

test('a reset ends what runs, and refuses nothing afterwards', async () => {
  const running = invoke({ wait: 59_000 }).catch((error: Error) => error.name);
  const started = { logGroupName: '/aws/lambda/f', filterPattern: 'START' };
  await eventually(async () => (await logs.filterLogEvents(started)).events!.length > 1);
  const began = performance.now();
  const [[status]] = await Promise.all([reset() as Promise<[number]>, running]);
  expect(status).toBe(200);
  expect(performance.now() - began).toBeLessThan(40_000);
  await makeAll('third');
  expect(await invoke()).toBe('"third"');
});

test('resets at once, between calls, leave a daemon that works', async () => {
  const calls = Array.from({ length: 20 }, () => invoke().catch((error: Error) => error.name));
  const resets = await Promise.all([reset(), reset(), reset()]);
  await Promise.all(calls);
  expect(resets.map((result) => (result as [number])[0])).toEqual([200, 200, 200]);
  await makeAll('last');
  expect(await invoke()).toBe('"last"');
});
