import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ParityWarnings } from '../../../../src/aws/parity-warnings.ts';
import type { JournalEvent } from '../../../../src/journal/journal.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';

let server: AwsServer;
let options: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

beforeAll(async () => {
  server = await startAws();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  options = { endpoint: server.url, region: 'us-east-1', credentials };
});

afterAll(() => server[Symbol.asyncDispose]());

test('IAM tells other services whether a role is there and trusts them', async () => {
  const { roleTrust } = server.dependencies.iamQuestions;
  const arn = 'arn:aws:iam::000000000000:role/service/fn';
  expect(roleTrust(arn, 'lambda.amazonaws.com')).toBe('missing');
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:*', Principal: { Service: ['lambda.amazonaws.com'] } },
  });
  await new IAM(options).createRole({ RoleName: 'fn', Path: '/service/', AssumeRolePolicyDocument });
  expect(roleTrust(arn, 'lambda.amazonaws.com')).toBe('trusts');
  expect(roleTrust(arn, 'ecs-tasks.amazonaws.com')).toBe('distrusts');
  expect(roleTrust(arn.replace('/service', ''), 'lambda.amazonaws.com')).toBe('missing');
  expect(roleTrust('nonsense', 'lambda.amazonaws.com')).toBe('missing');
});

describe('parity warnings', () => {
  const warning = { service: 'lambda', action: 'CreateFunction', resource: 'fn', missing: 'the role' };
  const refusal = () => new Error('refused');

  test('are told once for each thing, and refuse with --strict', () => {
    const events: JournalEvent[] = [];
    const journal = { record: (event: JournalEvent) => void events.push(event) };
    const parity = new ParityWarnings({ journal, strict: false });
    parity.warn(warning, refusal);
    parity.warn(warning, refusal);
    parity.warn({ ...warning, resource: 'other' }, refusal);
    expect(events).toEqual([
      { type: 'parity.warning', ...warning },
      { type: 'parity.warning', ...warning, resource: 'other' },
    ]);
    expect(() => new ParityWarnings({ journal, strict: true }).warn(warning, refusal)).toThrow('refused');
    expect(events).toHaveLength(2);
  });

  test('AssumeRole warns of a role that is not there, and goes on', async () => {
    const RoleArn = 'arn:aws:iam::123456789012:role/nobody';
    await new STS(options).assumeRole({ RoleArn, RoleSessionName: 'me' });
    const entries = server.dependencies.journal.since(0);
    expect(entries).toContainEqual(
      expect.objectContaining({
        type: 'parity.warning',
        service: 'sts',
        action: 'AssumeRole',
        resource: RoleArn,
        missing: 'there is no such role',
      }),
    );
  });
});
