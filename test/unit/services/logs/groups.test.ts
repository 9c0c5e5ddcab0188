import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD_TOKEN, failure, LogsServer, NO_GROUP } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

describe('groups', () => {
  test('have the members of AWS, and no others', async () => {
    const logGroupName = await server.group({ tags: { a: 'b' } });
    const { logGroups } = await server.client.describeLogGroups({ logGroupNamePrefix: logGroupName });
    const arn = `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`;
    expect(logGroups).toEqual([
      {
        logGroupName,
        creationTime: server.clock.now(),
        metricFilterCount: 0,
        arn: `${arn}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: arn,
        deletionProtectionEnabled: false,
      },
    ]);
    const found = await server.client.describeLogGroups({ logGroupNamePattern: logGroupName });
    expect(Object.keys(found.logGroups![0]!).sort()).toEqual([
      'arn',
      'creationTime',
      'logGroupArn',
      'logGroupClass',
      'logGroupName',
      'metricFilterCount',
    ]);
    expect(await server.client.listTagsForResource({ resourceArn: arn })).toMatchObject({ tags: { a: 'b' } });
  });

  test('are of one account and region', async () => {
    const logGroupName = await server.group();
    for (const other of [server.as('111122223333'), server.as('test', 'us-east-1')]) {
      await expect(other.describeLogStreams({ logGroupName })).rejects.toMatchObject(NO_GROUP);
      await other.createLogGroup({ logGroupName });
    }
  });

  test('come one by one, and are told of when they are there or not', async () => {
    const logGroupName = await server.group();
    await expect(server.client.createLogGroup({ logGroupName })).rejects.toMatchObject(
      failure('ResourceAlreadyExistsException', 'The specified log group already exists'),
    );
    await server.client.deleteLogGroup({ logGroupName });
    await expect(server.client.deleteLogGroup({ logGroupName })).rejects.toMatchObject(NO_GROUP);
    await server.group({ logGroupName });
  });

  test('are refused with names that AWS refuses', async () => {
    await expect(server.client.createLogGroup({ logGroupName: 'aws/x' })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Log groups starting with AWS/ are reserved for AWS.'),
    );
    const long = 'a'.repeat(513);
    const tooLong = failure(
      'InvalidParameterException',
      'Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
    );
    await expect(server.client.createLogGroup({ logGroupName: long })).rejects.toMatchObject(tooLong);
    await expect(
      server.client.createLogStream({ logGroupName: 'a', logStreamName: long }),
    ).rejects.toMatchObject(tooLong);
    await expect(server.client.createLogGroup({ logGroupName: 'a b' })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
      ),
    );
  });

  test('are listed page by page, by prefix, part of the name, class and identifiers', async () => {
    for (const name of ['c', 'a', 'b']) await server.group({ logGroupName: `paged/${name}` });
    await server.group({ logGroupName: 'paged/rare', logGroupClass: 'INFREQUENT_ACCESS' });
    const names = async (input: object) => {
      const { logGroups, nextToken } = await server.client.describeLogGroups(input);
      return { names: logGroups!.map(({ logGroupName }) => logGroupName!.slice(6)), nextToken };
    };
    const first = await names({ logGroupNamePrefix: 'paged/', limit: 3 });
    expect(first.names).toEqual(['a', 'b', 'c']);
    const second = await names({ logGroupNamePrefix: 'paged/', limit: 3, nextToken: first.nextToken });
    expect(second).toEqual({ names: ['rare'], nextToken: undefined });
    expect((await names({ logGroupNamePattern: 'aged/r' })).names).toEqual(['rare']);
    expect((await names({ logGroupNamePattern: 'AGED' })).names).toEqual([]);
    expect((await names({ logGroupClass: 'INFREQUENT_ACCESS' })).names).toEqual(['rare']);
    const logGroupIdentifiers = ['paged/b', 'arn:aws:logs:eu-west-1:000000000000:log-group:paged/a', 'none'];
    expect((await names({ logGroupIdentifiers })).names).toEqual(['a', 'b']);
    await expect(names({ nextToken: 'made-up' })).rejects.toMatchObject(BAD_TOKEN);
    await expect(names({ logGroupNamePrefix: 'a', logGroupNamePattern: 'abc' })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      ),
    );
    const { logGroups } = await server.client.listLogGroups({ logGroupNamePattern: '^paged/a|ged/r' });
    expect(logGroups).toEqual(
      ['paged/a', 'paged/rare'].map((logGroupName, index) => ({
        logGroupName,
        logGroupArn: `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`,
        logGroupClass: ['STANDARD', 'INFREQUENT_ACCESS'][index],
      })),
    );
  });

  test('keep their settings', async () => {
    const logGroupName = await server.group();
    const kmsKeyId = 'arn:aws:kms:eu-west-1:000000000000:key/abc';
    await server.client.putRetentionPolicy({ logGroupName, retentionInDays: 7 });
    await server.client.associateKmsKey({ logGroupName, kmsKeyId });
    await server.client.putLogGroupDeletionProtection({
      logGroupIdentifier: logGroupName,
      deletionProtectionEnabled: true,
    });
    const described = async () =>
      (await server.client.describeLogGroups({ logGroupNamePrefix: logGroupName })).logGroups![0]!;
    expect(await described()).toMatchObject({
      retentionInDays: 7,
      kmsKeyId,
      deletionProtectionEnabled: true,
    });
    await expect(server.client.deleteLogGroup({ logGroupName })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await server.client.putLogGroupDeletionProtection({
      logGroupIdentifier: logGroupName,
      deletionProtectionEnabled: false,
    });
    await server.client.deleteRetentionPolicy({ logGroupName });
    await server.client.disassociateKmsKey({ logGroupName });
    const after = await described();
    expect(after.deletionProtectionEnabled).toBe(false);
    expect(after).not.toHaveProperty('retentionInDays');
    expect(after).not.toHaveProperty('kmsKeyId');
    await server.client.deleteLogGroup({ logGroupName });
    await expect(
      server.client.putRetentionPolicy({ logGroupName, retentionInDays: 2 }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining("Value '2' at 'retentionInDays' failed to satisfy constraint"),
    });
    await expect(
      server.client.putRetentionPolicy({ logGroupName, retentionInDays: 1 }),
    ).rejects.toMatchObject(NO_GROUP);
  });

  test('are tagged by the old API and the new one', async () => {
    const logGroupName = await server.group();
    const resourceArn = `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`;
    await server.client.tagLogGroup({ logGroupName, tags: { a: '1', b: '2' } });
    await server.client.tagResource({ resourceArn, tags: { b: '3', c: '' } });
    expect((await server.client.listTagsLogGroup({ logGroupName })).tags).toEqual({ a: '1', b: '3', c: '' });
    await server.client.untagLogGroup({ logGroupName, tags: ['a', 'none'] });
    await server.client.untagResource({ resourceArn, tagKeys: ['c'] });
    expect((await server.client.listTagsForResource({ resourceArn })).tags).toEqual({ b: '3' });
    await expect(
      server.client.listTagsForResource({ resourceArn: `${resourceArn}-other` }),
    ).rejects.toMatchObject(failure('ResourceNotFoundException', 'The specified resource does not exist.'));
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, '']));
    await expect(server.client.tagResource({ resourceArn, tags: many })).rejects.toMatchObject({
      name: 'TooManyTagsException',
      resourceName: resourceArn,
    });
    await server.client.deleteLogGroup({ logGroupName });
    await server.group({ logGroupName });
    expect((await server.client.listTagsLogGroup({ logGroupName })).tags).toEqual({});
  });
});
