import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogsServer } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:logs:eu-west-1:000000000000:lookup-table';
const BODY = 'id,name\r\n1,"Smith, Anna"\n2,"said ""hi"""\n3,\n';

describe('a lookup table', () => {
  test('is kept, described, replaced and deleted', async () => {
    const { client } = server;
    const created = await client.createLookupTable({
      lookupTableName: 'users',
      description: 'who',
      tableBody: BODY,
      tags: { team: 'a' },
    });
    const lookupTableArn = `${ARN}:users`;
    expect(created).toMatchObject({ lookupTableArn, createdAt: server.clock.now() });
    expect(await client.getLookupTable({ lookupTableArn })).toMatchObject({
      lookupTableName: 'users',
      tableBody: BODY,
      sizeBytes: BODY.length,
    });
    const { lookupTables } = await client.describeLookupTables({ lookupTableNamePrefix: 'us' });
    expect(lookupTables).toEqual([
      {
        lookupTableArn,
        lookupTableName: 'users',
        description: 'who',
        tableFields: ['id', 'name'],
        recordsCount: 3,
        sizeBytes: BODY.length,
        lastUpdatedTime: server.clock.now(),
      },
    ]);
    await expect(
      client.createLookupTable({ lookupTableName: 'users', tableBody: BODY }),
    ).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await client.updateLookupTable({ lookupTableArn, tableBody: 'a\n1\n' });
    expect(await client.getLookupTable({ lookupTableArn })).toMatchObject({
      tableBody: 'a\n1\n',
      description: 'who',
    });
    await client.deleteLookupTable({ lookupTableArn });
    await expect(client.getLookupTable({ lookupTableArn })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('may be made of the results of a query', async () => {
    const place = await server.stream();
    await server.put(place, '{"level":"INFO, really"}');
    const { queryId } = await server.client.startQuery({
      logGroupName: place.logGroupName,
      startTime: 0,
      endTime: server.clock.now() / 1000 + 60,
      queryString: 'fields level',
    });
    await server.engine.settle();
    await server.client.createLookupTable({ lookupTableName: 'results', queryId });
    expect(await server.client.getLookupTable({ lookupTableArn: `${ARN}:results` })).toMatchObject({
      tableBody: 'level\n"INFO, really"\n',
    });
  });

  test.each([
    ['neither content nor query', {}, 'InvalidParameterException'],
    ['both', { tableBody: BODY, queryId: 'x' }, 'InvalidParameterException'],
    ['a query that is not there', { queryId: 'x' }, 'InvalidParameterException'],
    ['rows of another length', { tableBody: 'a,b\n1\n' }, 'ValidationException'],
    ['two columns of a name', { tableBody: 'a,a\n1,2\n' }, 'ValidationException'],
    ['a column without a name', { tableBody: 'a,\n1,2\n' }, 'ValidationException'],
  ])('is refused with %s', async (_, content, name) => {
    await expect(
      server.client.createLookupTable({ lookupTableName: 'wrong', ...content }),
    ).rejects.toMatchObject({ name });
  });
});

describe('the command lookup', () => {
  const run = async (queryString: string) => {
    const { client, clock } = server;
    const seconds = Math.floor(clock.now() / 1000);
    const { queryId } = await client.startQuery({
      logGroupName: '/lookups',
      startTime: seconds - 60,
      endTime: seconds + 60,
      queryString,
    });
    await server.engine.settle();
    const { results } = await client.getQueryResults({ queryId });
    return results!.map((row) =>
      Object.fromEntries(
        row.filter(({ field }) => field !== '@ptr').map(({ field, value }) => [field, value]),
      ),
    );
  };

  beforeAll(async () => {
    const place = await server.stream(await server.group({ logGroupName: '/lookups' }));
    await server.put(
      place,
      '{"id":1,"where":"a","name":"old"}',
      '{"id":2,"where":"b"}',
      '{"id":7,"where":"a","name":"kept"}',
    );
    await server.client.createLookupTable({
      lookupTableName: 'user_data',
      tableBody: 'user,site,name,team\n1,a,Anna,Blue\n1,a,Second,Red\n2,b,Ben,Blue\n7,b,Other,Red\n',
    });
  });

  test('adds what a table knows of each event', async () => {
    expect(await run('fields id | lookup user_data user as id OUTPUT name, team | sort id asc')).toEqual([
      { id: '1', name: 'Anna', team: 'Blue' },
      { id: '2', name: 'Ben', team: 'Blue' },
      { id: '7', name: 'Other', team: 'Red' },
    ]);
    expect(
      await run('lookup user_data user as id OUTPUT team | stats count(*) as n by team | sort team asc'),
    ).toEqual([
      { team: 'Blue', n: '2' },
      { team: 'Red', n: '1' },
    ]);
  });

  test('takes several fields, and overwrites or keeps what is there', async () => {
    const fields = 'fields id | lookup user_data user as id, site as where';
    expect(await run(`${fields} OUTPUT name | sort id asc`)).toEqual([
      { id: '1', name: 'Anna' },
      { id: '2', name: 'Ben' },
      { id: '7' },
    ]);
    expect(await run(`${fields} OUTPUTNEW name | sort id asc`)).toEqual([
      { id: '1', name: 'old' },
      { id: '2', name: 'Ben' },
      { id: '7', name: 'kept' },
    ]);
  });

  test.each([
    ['lookup none id OUTPUT name', 'Lookup table none does not exist'],
    ['lookup user_data id OUTPUT name', 'Lookup table user_data has no column id'],
    ['lookup user_data user OUTPUT city', 'Lookup table user_data has no column city'],
    ['lookup user_data user', ''],
  ])('refuses %s', async (query, message) => {
    await expect(run(query)).rejects.toMatchObject({
      name: 'MalformedQueryException',
      message: expect.stringContaining(message),
    });
  });
});

test('an integration is kept, one of them', async () => {
  const resourceConfig = {
    openSearchResourceConfig: {
      dataSourceRoleArn: 'arn:aws:iam::000000000000:role/x',
      dashboardViewerPrincipals: ['arn:aws:iam::000000000000:role/y'],
      retentionDays: 30,
    },
  };
  const { client } = server;
  const integration = { integrationName: 'search', integrationType: 'OPENSEARCH' as const };
  await client.putIntegration({ ...integration, resourceConfig });
  const shown = { ...integration, integrationStatus: 'ACTIVE' };
  expect(await client.getIntegration({ integrationName: 'search' })).toMatchObject(shown);
  expect((await client.listIntegrations({})).integrationSummaries).toEqual([shown]);
  await expect(
    client.putIntegration({ ...integration, integrationName: 'second', resourceConfig }),
  ).rejects.toMatchObject({ name: 'LimitExceededException' });
  await client.deleteIntegration({ integrationName: 'search' });
  await expect(client.getIntegration({ integrationName: 'search' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a storage tier is kept for the account', async () => {
  const { client } = server;
  await expect(client.getStorageTierPolicy({})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await client.putStorageTierPolicy({ storageTier: 'INTELLIGENT_TIERING' });
  expect(await client.getStorageTierPolicy({})).toMatchObject({ storageTier: 'INTELLIGENT_TIERING' });
});
