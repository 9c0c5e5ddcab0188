import { InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Throttled } from '../../../../src/execution/function-host.ts';
import { functionInput, type LambdaServer, startLambda } from './support.ts';

const VALUE = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const place = (column: number) =>
  `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
  await it.create('echo');
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

describe('an invocation', () => {
  test('answers what the function does', async () => {
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    const { $metadata, ...answer } = await it.lambda.invoke({
      FunctionName: 'echo',
      Payload: '{"a": 1}',
      LogType: 'Tail',
      ClientContext,
    });
    expect($metadata.httpStatusCode).toBe(200);
    expect({ ...answer, Payload: answer.Payload!.transformToString() }).toEqual({
      StatusCode: 200,
      Payload: '{"a": 1}',
      ExecutedVersion: '$LATEST',
      LogResult: Buffer.from('log of $LATEST\n').toString('base64'),
    });
    const { fn, invocation } = it.host.invocations.at(-1)!;
    expect(invocation).toMatchObject({
      requestId: $metadata.requestId,
      invokedFunctionArn: `${ARN}:echo`,
      clientContext: '{"custom":{"a":1}}',
    });
    expect(fn).toMatchObject({
      scope: { account: '000000000000', region: 'us-east-1' },
      name: 'echo',
      version: '$LATEST',
      functionArn: `${ARN}:echo`,
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      code: { bucket: 'awslambda-tasks', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      layers: [],
      timeout: 3000,
      memoryMb: 128,
      ephemeralStorageMb: 512,
      architecture: 'x86_64',
      logging: { group: '/aws/lambda/echo', format: 'Text' },
      tracing: 'PassThrough',
    });
  });

  test('without a payload has an empty object for its event', async () => {
    const { Payload, LogResult } = await it.lambda.invoke({ FunctionName: 'echo' });
    expect(Payload!.transformToString()).toBe('{}');
    expect(LogResult).toBeUndefined();
  });

  test('that fails says so in a header', async () => {
    const answer = it.host.answer;
    it.host.answer = () => ({
      payload: Buffer.from('{"errorMessage":"no","errorType":"Error"}'),
      functionError: 'Unhandled',
    });
    const { StatusCode, FunctionError, Payload } = await it.lambda.invoke({ FunctionName: 'echo' });
    it.host.answer = answer;
    expect([StatusCode, FunctionError, JSON.parse(Payload!.transformToString())]).toEqual([
      200,
      'Unhandled',
      { errorMessage: 'no', errorType: 'Error' },
    ]);
  });

  test('for which there is no room is told why', async () => {
    const answer = it.host.answer;
    it.host.answer = () => {
      throw new Throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    };
    await expect(it.lambda.invoke({ FunctionName: 'echo' })).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      $metadata: { httpStatusCode: 429 },
    });
    it.host.answer = answer;
  });

  test.each([
    ['notjson', `Unrecognized token 'notjson': was expecting (${VALUE})`, 8],
    ['hello world', `Unrecognized token 'hello': was expecting (${VALUE})`, 7],
    ['{"a": nul}', `Unrecognized token 'nul': was expecting (${VALUE})`, 11],
    ['  ', 'No content to map due to end-of-input', 3],
    [
      Buffer.from([0x99]),
      `Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (${VALUE})`,
      1,
    ],
    [Buffer.from([0x6e, 0x87, 0x72]), 'Invalid UTF-8 start byte 0x87', 3],
    [Buffer.from([0x22, 0xe9, 0x72, 0x22]), 'Invalid UTF-8 middle byte 0x72', 4],
    ["'{}'", `Unexpected character (''' (code 39)): expected a valid value (${VALUE})`, 1],
    ["{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2],
    ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 8],
    [
      '{"ä" 1}',
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
      7,
    ],
    ['{"a":}', "Unexpected character ('}' (code 125)): expected a value", 6],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 4],
    ['[1,]', "Unexpected character (']' (code 93)): expected a value", 4],
    ['{"a": 1', `Unexpected end-of-input: expected close marker for Object (start marker at ${place(1)})`, 8],
    ['[{]', "Unexpected character (']' (code 93)): was expecting double-quote to start field name", 3],
    ['[1}', `Unexpected close marker '}': expected ']' (for Array starting at ${place(1)})`, 3],
    ['"abc', 'Unexpected end-of-input in VALUE_STRING', 5],
    ['"\\x"', "Unrecognized character escape 'x' (code 120)", 4],
    [
      '"a\tb"',
      'Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value',
      4,
    ],
    [
      '------',
      "Unexpected character ('-' (code 45)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
      2,
    ],
  ] as const)('with the payload %s is refused', async (Payload, words, column) => {
    await expect(it.lambda.invoke({ FunctionName: 'echo', Payload })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      message: `Could not parse request body into json: Could not parse payload into json: ${words}\n at ${place(column)}`,
      Type: 'User',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('with a payload that opens more than it closes is refused, however often it does', async () => {
    await expect(
      it.lambda.invoke({ FunctionName: 'echo', Payload: '['.repeat(500_000) }),
    ).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      message: expect.stringContaining('Document nesting depth (1001) exceeds the maximum allowed (1000,'),
    });
  });

  test('with too large a payload is refused', async () => {
    const payload = (size: number) => JSON.stringify('x'.repeat(size - 2));
    await it.lambda.invoke({ FunctionName: 'echo', Payload: payload(6_291_456) });
    await expect(
      it.lambda.invoke({ FunctionName: 'echo', Payload: payload(6_291_457) }),
    ).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
      $metadata: { httpStatusCode: 413 },
    });
    await expect(
      it.lambda.invoke({ FunctionName: 'echo', InvocationType: 'Event', Payload: payload(1_048_577) }),
    ).rejects.toThrow(
      '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    );
  });

  test('that is dry runs nothing', async () => {
    const before = it.host.invocations.length;
    const { StatusCode, Payload, ExecutedVersion } = await it.lambda.invoke({
      FunctionName: 'echo',
      InvocationType: 'DryRun',
    });
    expect([StatusCode, Payload?.length ?? 0, ExecutedVersion]).toEqual([204, 0, undefined]);
    expect(it.host.invocations).toHaveLength(before);
  });

  test('of a function that is Pending waits until it is Active', async () => {
    await using slow = await startLambda({ transition: 5_000 });
    await slow.lambda.createFunction(functionInput('slow'));
    const running = slow.lambda.invoke({ FunctionName: 'slow' });
    await slow.arrived(() => slow.clock.pending > 0);
    expect(slow.host.invocations).toEqual([]);
    await slow.clock.advance(5_000);
    expect((await running).StatusCode).toBe(200);
  });

  test('of a function that is not there', async () => {
    await expect(it.lambda.invoke({ FunctionName: 'echo', Qualifier: '7' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:echo:7`,
    });
    await expect(it.lambda.invoke({ FunctionName: 'nowhere' })).rejects.toMatchObject({
      message: `Function not found: ${ARN}:nowhere:$LATEST`,
    });
  });

  test('by an alias goes to its versions in exactly the shares that it says', async () => {
    await it.create('shared', { Publish: true });
    await it.lambda.updateFunctionConfiguration({ FunctionName: 'shared', Timeout: 9 });
    await it.clock.advance(10);
    await it.lambda.publishVersion({ FunctionName: 'shared' });
    await it.clock.advance(10);
    await it.lambda.createAlias({
      FunctionName: 'shared',
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } },
    });
    const executed: string[] = [];
    for (let count = 0; count < 30; count++) {
      const { ExecutedVersion } = await it.lambda.invoke({ FunctionName: 'shared:live' });
      executed.push(ExecutedVersion!);
    }
    expect(executed.map((version, index) => (version === '2' ? index : -1)).filter((i) => i >= 0)).toEqual([
      9, 19, 29,
    ]);
    expect(it.host.invocations.at(-1)!.invocation.invokedFunctionArn).toBe(`${ARN}:shared:live`);
    expect(it.host.invocations.at(-1)!.fn).toMatchObject({ version: '2', timeout: 9000 });
  });
});

test('an answer streams, event by event', async () => {
  it.host.chunks = ['one', 'two'];
  const answer = await it.lambda.send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'echo', LogType: 'Tail' }),
  );
  expect([answer.StatusCode, answer.ExecutedVersion]).toEqual([200, '$LATEST']);
  const events: unknown[] = [];
  for await (const event of answer.EventStream!) {
    events.push(
      event.PayloadChunk ? Buffer.from(event.PayloadChunk.Payload!).toString() : event.InvokeComplete,
    );
  }
  expect(events).toEqual(['one', 'two', { LogResult: Buffer.from('log\n').toString('base64') }]);
});
