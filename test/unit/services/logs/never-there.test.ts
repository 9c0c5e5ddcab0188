import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogsServer } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
  await server.client.createLogGroup({ logGroupName: 'group' });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

test('what nothing makes is listed as empty', async () => {
  const { client } = server;
  expect((await client.describeImportTasks({})).imports).toEqual([]);
  expect((await client.listSyslogConfigurations({})).syslogConfigurations).toEqual([]);
  expect(
    (await client.listSyslogConfigurations({ logGroupIdentifier: 'group' })).syslogConfigurations,
  ).toEqual([]);
  const invalid = { name: 'InvalidParameterException' };
  await expect(client.describeImportTasks({ nextToken: 'bogus' })).rejects.toMatchObject(invalid);
  await expect(client.listSyslogConfigurations({ nextToken: 'bogus' })).rejects.toMatchObject(invalid);
});

test('what nothing makes is not found by its name', async () => {
  const { client } = server;
  const importId = '12345678-1234-1234-1234-123456789012';
  const integrationArn = 'arn:aws:logs:us-east-1:000000000000:integration:none';
  for (const refused of [
    client.cancelImportTask({ importId }),
    client.describeImportTaskBatches({ importId }),
    client.listSyslogConfigurations({ logGroupIdentifier: 'nowhere' }),
    client.deleteSyslogConfiguration({ logGroupIdentifier: 'group' }),
    client.listSourcesForS3TableIntegration({ integrationArn }),
    client.associateSourceToS3TableIntegration({ integrationArn, dataSource: { name: 'source' } }),
    client.disassociateSourceFromS3TableIntegration({ identifier: 'identifier' }),
    client.getLogFields({ dataSourceName: 'name', dataSourceType: 'type' }),
  ]) {
    await expect(refused).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 400 },
    });
  }
  await expect(client.getLogObject({ logObjectPointer: 'pointer' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});
