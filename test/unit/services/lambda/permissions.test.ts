import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LambdaServer, startLambda, UUID } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const INVOKE = { Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };

describe('permissions', () => {
  test.each([
    [
      'a service with its source',
      { ...INVOKE, SourceArn: 'arn:aws:s3:::bucket', SourceAccount: '123456789012' },
      '"Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction"',
      ',"Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}',
    ],
    [
      'an account',
      { ...INVOKE, Principal: '123456789012' },
      '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"lambda:InvokeFunction"',
      '',
    ],
    [
      'a role',
      { ...INVOKE, Principal: 'arn:aws:iam::123456789012:role/caller' },
      '"Principal":{"AWS":"arn:aws:iam::123456789012:role/caller"},"Action":"lambda:InvokeFunction"',
      '',
    ],
    [
      'everyone by a URL',
      { Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' as const },
      '"Principal":"*","Action":"lambda:InvokeFunctionUrl"',
      ',"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}',
    ],
    [
      'everyone through a URL',
      { Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
      '"Principal":"*","Action":"lambda:InvokeFunction"',
      ',"Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}',
    ],
    [
      'an organization',
      { ...INVOKE, Principal: '*', PrincipalOrgID: 'o-1234567890' },
      '"Principal":"*","Action":"lambda:InvokeFunction"',
      ',"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}',
    ],
    [
      'Alexa with a token',
      { ...INVOKE, Principal: 'alexa-appkit.amazon.com', EventSourceToken: 'skill' },
      '"Principal":{"Service":"alexa-appkit.amazon.com"},"Action":"lambda:InvokeFunction"',
      ',"Condition":{"StringEquals":{"lambda:EventSourceToken":"skill"}}',
    ],
  ])('for %s are written as AWS writes them', async (kind, given, middle, condition) => {
    const name = kind.replaceAll(' ', '-');
    await it.create(name);
    const { Statement, $metadata } = await it.lambda.addPermission({
      FunctionName: name,
      StatementId: 'one',
      ...given,
    });
    expect($metadata.httpStatusCode).toBe(201);
    const statement = `{"Sid":"one","Effect":"Allow",${middle},"Resource":"${ARN}:${name}"${condition}}`;
    expect(Statement).toBe(statement);
    const { Policy } = await it.lambda.getPolicy({ FunctionName: name });
    expect(Policy).toBe(`{"Version":"2012-10-17","Id":"default","Statement":[${statement}]}`);
  });

  test('belong to the qualifier that they were given for, and go with it', async () => {
    await it.create('qualified');
    await it.lambda.publishVersion({ FunctionName: 'qualified' });
    await it.clock.advance(10);
    await it.lambda.createAlias({ FunctionName: 'qualified', Name: 'live', FunctionVersion: '1' });
    const live = { FunctionName: 'qualified', Qualifier: 'live' };
    const { Statement } = await it.lambda.addPermission({ ...live, StatementId: 's', ...INVOKE });
    expect(JSON.parse(Statement!)).toMatchObject({ Resource: `${ARN}:qualified:live` });
    const { RevisionId } = await it.lambda.getPolicy({ FunctionName: `${ARN}:qualified:live` });
    const alias = await it.lambda.getAlias({ FunctionName: 'qualified', Name: 'live' });
    expect(RevisionId).toBe(alias.RevisionId);
    const gone = {
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      $metadata: { httpStatusCode: 404 },
    };
    await expect(it.lambda.getPolicy({ FunctionName: 'qualified' })).rejects.toMatchObject(gone);
    await it.lambda.deleteAlias({ FunctionName: 'qualified', Name: 'live' });
    await it.lambda.createAlias({ FunctionName: 'qualified', Name: 'live', FunctionVersion: '1' });
    await expect(it.lambda.getPolicy(live)).rejects.toMatchObject(gone);
  });

  test('change the RevisionId of the function', async () => {
    await it.create('revised');
    const before = await it.lambda.getFunctionConfiguration({ FunctionName: 'revised' });
    await it.lambda.addPermission({ FunctionName: 'revised', StatementId: 'a', ...INVOKE });
    const { RevisionId } = await it.lambda.getPolicy({ FunctionName: 'revised' });
    expect(RevisionId).toEqual(UUID);
    expect(RevisionId).not.toBe(before.RevisionId);
    await expect(
      it.lambda.addPermission({
        FunctionName: 'revised',
        StatementId: 'b',
        ...INVOKE,
        RevisionId: before.RevisionId,
      }),
    ).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
      $metadata: { httpStatusCode: 412 },
    });
    const removal = { FunctionName: 'revised', StatementId: 'a' };
    const { $metadata } = await it.lambda.removePermission({ ...removal, RevisionId });
    expect($metadata.httpStatusCode).toBe(204);
    await expect(it.lambda.removePermission(removal)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No policy is associated with the given resource.',
    });
  });

  test('are refused as AWS refuses them', async () => {
    await it.create('strict');
    const add = (more: object) =>
      it.lambda.addPermission({ FunctionName: 'strict', StatementId: 'x', ...INVOKE, ...more });
    await add({});
    await expect(add({})).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The statement id (x) provided already exists. Please provide a new statement id, or remove the existing statement.',
      $metadata: { httpStatusCode: 409 },
    });
    for (const Principal of ['nobody', 'invalid.nonaws.com']) {
      await expect(add({ StatementId: 'y', Principal })).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: 'The provided principal was invalid. Please check the principal and try again.',
      });
    }
    await expect(add({ StatementId: 'y', Qualifier: '$LATEST' })).rejects.toMatchObject({
      message: 'We currently do not support adding policies for $LATEST.',
    });
    await expect(add({ StatementId: 'y', Qualifier: '7' })).rejects.toMatchObject({
      message: `Function not found: ${ARN}:strict:7`,
    });
    await expect(add({ StatementId: 'y', Qualifier: 'nope' })).rejects.toMatchObject({
      message: `Cannot find alias arn: ${ARN}:strict:nope`,
    });
    await expect(add({ StatementId: 'y', Qualifier: 'no$alias' })).rejects.toMatchObject({
      message: `Function not found: ${ARN}:strict:no$alias`,
    });
    await expect(it.lambda.getPolicy({ FunctionName: 'nowhere' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:nowhere`,
    });
    await expect(it.lambda.getPolicy({ FunctionName: 'strict', Qualifier: '7' })).rejects.toMatchObject({
      message: 'The resource you requested does not exist.',
    });
    await expect(add({ FunctionName: 'nowhere' })).rejects.toMatchObject({
      message: `Function not found: ${ARN}:nowhere`,
    });
    await expect(
      it.lambda.removePermission({ FunctionName: 'strict', StatementId: 'other' }),
    ).rejects.toMatchObject({ message: 'Statement other is not found in resource policy.' });
    await expect(
      it.lambda.removePermission({ FunctionName: 'nowhere', StatementId: 'x' }),
    ).rejects.toMatchObject({ message: `No policy found for: ${ARN}:nowhere` });
    await expect(add({ StatementId: 'not valid' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('are limited in size', async () => {
    await it.create('large');
    const add = (n: number) =>
      it.lambda.addPermission({
        FunctionName: 'large',
        StatementId: `s${n}`,
        ...INVOKE,
        SourceArn: `arn:aws:s3:::${'b'.repeat(5000)}`,
      });
    for (let n = 0; n < 3; n++) await add(n);
    await expect(add(3)).rejects.toMatchObject({
      name: 'PolicyLengthExceededException',
      message: /^The final policy size \(\d+\) is bigger than the limit \(20480\)\.$/,
    });
  });
});
