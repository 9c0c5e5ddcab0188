import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsCli, awsEnvironment, boto3, HAS_PYTHON_CLIENTS } from '../support/aws/python.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';

let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

function client(endpoint = daemon.url): CloudWatchLogs {
  return new CloudWatchLogs({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    disableHostPrefix: true,
  });
}

async function makeStream(logs: CloudWatchLogs, logGroupName: string) {
  const place = { logGroupName, logStreamName: 'one' };
  await logs.createLogGroup({ logGroupName });
  await logs.createLogStream(place);
  return place;
}

describe('the AWS SDK for JavaScript', () => {
  test('puts, reads, filters and queries', async () => {
    const logs = client();
    const place = await makeStream(logs, '/sdk');
    const timestamp = Date.now();
    const messages = ['{"level":"INFO"}', '{"level":"ERROR","code":7}'];
    await logs.putLogEvents({ ...place, logEvents: messages.map((message) => ({ timestamp, message })) });
    const { events } = await logs.getLogEvents({ ...place, startFromHead: true });
    expect(events!.map(({ message }) => message)).toEqual(messages);
    const filtered = await logs.filterLogEvents({ ...place, filterPattern: '{ $.code > 5 }' });
    expect(filtered.events).toMatchObject([{ message: messages[1], logStreamName: 'one' }]);
    const { queryId } = await logs.startQuery({
      logGroupName: '/sdk',
      startTime: timestamp - 60_000,
      endTime: timestamp + 60_000,
      queryString: 'stats count(*) as n by level | sort level',
    });
    await expect.poll(async () => (await logs.getQueryResults({ queryId })).status).toBe('Complete');
    expect((await logs.getQueryResults({ queryId })).results).toEqual([
      [
        { field: 'level', value: 'ERROR' },
        { field: 'n', value: '1' },
      ],
      [
        { field: 'level', value: 'INFO' },
        { field: 'n', value: '1' },
      ],
    ]);
  });

  test('follows a group live', async () => {
    const logs = client();
    const place = await makeStream(logs, '/live');
    const [group] = (await logs.describeLogGroups({ logGroupNamePrefix: '/live' })).logGroups!;
    const { responseStream } = await logs.startLiveTail({ logGroupIdentifiers: [group!.logGroupArn!] });
    for await (const { sessionStart, sessionUpdate } of responseStream!) {
      if (sessionStart) {
        await logs.putLogEvents({ ...place, logEvents: [{ timestamp: Date.now(), message: 'now' }] });
      }
      const [first] = sessionUpdate?.sessionResults ?? [];
      if (!first) continue;
      expect(first).toMatchObject({ message: 'now', logStreamName: 'one' });
      break;
    }
  });

  test('finds everything again after the daemon was killed', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-logs-'));
    try {
      const first = await startDaemon({ dataDir });
      const place = await makeStream(client(first.url), '/kept');
      const logEvents = [{ timestamp: Date.now(), message: 'kept' }];
      await client(first.url).putLogEvents({ ...place, logEvents });
      await first.kill();
      await using second = await startDaemon({ dataDir });
      const { events } = await client(second.url).getLogEvents(place);
      expect(events).toMatchObject(logEvents);
    } finally {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('boto3', () => {
  test('pages through groups, streams and events', async () => {
    const script = `
import time
logs = boto3.client('logs')
for g in ['/boto/a', '/boto/b', '/boto/c']:
    logs.create_log_group(logGroupName=g, tags={'k': 'v'})
for s in ['x', 'y', 'z']:
    logs.create_log_stream(logGroupName='/boto/a', logStreamName=s)
now = int(time.time() * 1000)
put = logs.put_log_events(logGroupName='/boto/a', logStreamName='x', logEvents=[{'timestamp': now + i, 'message': 'm%d' % i} for i in range(25)])
def pages(name, key, **args):
    found = []
    for page in logs.get_paginator(name).paginate(**args):
        found += page[key]
    return found
print(json.dumps([
    [g['logGroupName'] for g in pages('describe_log_groups', 'logGroups', logGroupNamePrefix='/boto/', PaginationConfig={'PageSize': 2})],
    [s['logStreamName'] for s in pages('describe_log_streams', 'logStreams', logGroupName='/boto/a', PaginationConfig={'PageSize': 2})],
    len(pages('filter_log_events', 'events', logGroupName='/boto/a', PaginationConfig={'PageSize': 10})),
    'nextSequenceToken' in put,
    logs.list_tags_for_resource(resourceArn=logs.describe_log_groups(logGroupNamePrefix='/boto/a')['logGroups'][0]['logGroupArn'])['tags'],
]))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual([
      ['/boto/a', '/boto/b', '/boto/c'],
      ['x', 'y', 'z'],
      25,
      true,
      { k: 'v' },
    ]);
  });

  test('reads errors', async () => {
    const script = `
logs = boto3.client('logs')
errors = []
for call in [lambda: logs.delete_log_group(logGroupName='none'), lambda: logs.create_log_group(logGroupName='a b')]:
    try:
        call()
    except botocore.exceptions.ClientError as e:
        errors.append([e.response['Error']['Code'], e.response['Error']['Message'], e.response['ResponseMetadata']['HTTPStatusCode']])
print(json.dumps(errors))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual([
      ['ResourceNotFoundException', 'The specified log group does not exist.', 400],
      [
        'InvalidParameterException',
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
        400,
      ],
    ]);
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('the AWS CLI', () => {
  // Version 1 has no `logs tail`; what that asks is asked here.
  test('prints a log, as `logs tail` asks for it', async () => {
    const logs = client();
    const place = await makeStream(logs, '/cli');
    const timestamp = Date.now();
    const logEvents = ['hello ERROR', 'hello INFO'].map((message) => ({ timestamp, message }));
    await logs.putLogEvents({ ...place, logEvents });
    const env = awsEnvironment(daemon.url);
    const from = String(timestamp - 600_000);
    const filter = [
      'logs',
      'filter-log-events',
      '--log-group-name',
      '/cli',
      '--start-time',
      from,
      '--interleaved',
    ];
    const all = await awsCli([...filter, '--query', 'events[].message', '--output', 'text'], env);
    expect(all).toEqual({ code: 0, stdout: 'hello ERROR\thello INFO\n', stderr: '' });
    const errors = await awsCli([...filter, '--filter-pattern', 'ERROR', '--page-size', '1'], env);
    expect(JSON.parse(errors.stdout)).toMatchObject({ events: [{ message: 'hello ERROR' }] });
  });

  test('creates, describes and deletes groups', async () => {
    const env = awsEnvironment(daemon.url);
    const run = (...args: string[]) => awsCli(['logs', ...args], env);
    expect((await run('create-log-group', '--log-group-name', '/cli/g')).code).toBe(0);
    const described = await run('describe-log-groups', '--log-group-name-prefix', '/cli/g');
    expect(JSON.parse(described.stdout)).toMatchObject({ logGroups: [{ logGroupName: '/cli/g' }] });
    expect((await run('delete-log-group', '--log-group-name', '/cli/g')).code).toBe(0);
    const again = await run('delete-log-group', '--log-group-name', '/cli/g');
    expect(again.stderr).toContain(
      'An error occurred (ResourceNotFoundException) when calling the DeleteLogGroup operation: The specified log group does not exist.',
    );
  });
});
