import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';

const clock = new ManualClock();
let server: AwsServer;
let logs: sdk.CloudWatchLogs;
let groups = 0;

beforeAll(async () => {
  server = await startAws({ clock });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  logs = new sdk.CloudWatchLogs({ endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

async function newGroup(input: Partial<sdk.CreateLogGroupCommandInput> = {}): Promise<string> {
  const logGroupName = `/test/group-${++groups}`;
  await logs.createLogGroup({ logGroupName, ...input });
  return logGroupName;
}

async function newStream(logGroupName: string, logStreamName = 'stream') {
  await logs.createLogStream({ logGroupName, logStreamName });
  return { logGroupName, logStreamName };
}

test('slice', async () => {
  const logGroupName = await newGroup({ tags: { a: 'b' } });
  const place = await newStream(logGroupName);
  const now = clock.now();
  console.log(await logs.describeLogGroups({ logGroupNamePrefix: logGroupName }));
  console.log(
    await logs.putLogEvents({
      ...place,
      logEvents: [
        { timestamp: now, message: 'hello ERROR' },
        { timestamp: now + 1, message: 'two' },
      ],
    }),
  );
  console.log(await logs.describeLogStreams({ logGroupName }));
  const page = await logs.getLogEvents({ ...place, limit: 1, startFromHead: true });
  console.log(page);
  console.log(await logs.getLogEvents({ ...place, nextToken: page.nextForwardToken! }));
  console.log(await logs.filterLogEvents({ logGroupName, filterPattern: 'ERROR' }));
  console.log(await logs.filterLogEvents({ logGroupName, limit: 1 }));
  await expect(logs.createLogGroup({ logGroupName })).rejects.toThrow('already exists');
  await logs.deleteLogGroup({ logGroupName });
});
describe;
