import { request } from 'node:http';
import { Lambda, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsCli, awsEnvironment, boto3, HAS_PYTHON_CLIENTS } from '../support/aws/python.ts';
import { zipOf } from '../support/aws/zip.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';

const FORBIDDEN =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}';

const ROLE = 'arn:aws:iam::000000000000:role/lambda';
const HANDLER = `
exports.handler = async (event) => {
  if (event.rawPath === '/fail') throw new Error('on purpose');
  return {
    statusCode: 201,
    headers: { 'x-seen': event.requestContext.http.method },
    cookies: ['a=b'],
    body: JSON.stringify({ path: event.rawPath, query: event.queryStringParameters, body: event.body }),
  };
};
exports.stream = awslambda.streamifyResponse(async (event, stream) => {
  const http = awslambda.HttpResponseStream.from(stream, { statusCode: 202, headers: { 'x-streamed': 'yes' } });
  http.write('one ');
  http.write('two');
  http.end();
});
`;

let daemon: RunningDaemon;
let lambda: Lambda;

beforeAll(async () => {
  daemon = await startDaemon();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  lambda = new Lambda({ endpoint: daemon.url, region: 'eu-central-1', credentials, maxAttempts: 1 });
});

afterAll(async () => {
  lambda.destroy();
  await daemon[Symbol.asyncDispose]();
});

async function create(FunctionName: string, Handler = 'index.handler') {
  await lambda.createFunction({
    FunctionName,
    Role: ROLE,
    Runtime: 'nodejs20.x',
    Handler,
    Code: { ZipFile: zipOf({ 'index.js': HANDLER }) },
  });
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName });
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** By host name, without asking anyone for its address. */
function send(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const { host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers: { host, ...headers } };
    request(options, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks).toString() }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('a function’s URL', () => {
  test('is answered by the function, by host name and by path', async () => {
    await create('web');
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({ FunctionName: 'web', AuthType: 'NONE' });
    expect(new URL(FunctionUrl!).port).toBe(new URL(daemon.url).port);
    const byHost = await send(FunctionUrl!, '/a?b=c');
    expect(byHost).toMatchObject({
      status: 201,
      headers: { 'x-seen': 'GET', 'set-cookie': ['a=b'], 'content-type': 'application/json' },
    });
    expect(JSON.parse(byHost.body)).toEqual({ path: '/a', query: { b: 'c' } });
    const id = new URL(FunctionUrl!).hostname.split('.')[0];
    const byPath = await fetch(`${daemon.url}/_aws/lambda-url/${id}/deep`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'hello',
    });
    expect(await byPath.json()).toEqual({ path: '/deep', body: 'hello' });
    const failed = await send(FunctionUrl!, '/fail');
    expect(failed).toMatchObject({ status: 502, body: 'Internal Server Error' });
  });

  test('streams', async () => {
    await create('streamed', 'index.stream');
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({
      FunctionName: 'streamed',
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
    });
    const { status, headers, body } = await send(FunctionUrl!, '/');
    expect({ status, body }).toEqual({ status: 202, body: 'one two' });
    expect(headers['x-streamed']).toBe('yes');
  });

  test('lets pages of other sites in only as far as it says', async () => {
    await create('page');
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({
      FunctionName: 'page',
      AuthType: 'NONE',
      Cors: { AllowOrigins: ['https://app.example'], AllowMethods: ['GET'] },
    });
    const allowed = await send(FunctionUrl!, '/', { origin: 'https://app.example' });
    expect(allowed).toMatchObject({
      status: 201,
      headers: { 'access-control-allow-origin': 'https://app.example' },
    });
    expect(await send(FunctionUrl!, '/', { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    const rebound = await send(FunctionUrl!, '/', { host: 'evil.example' });
    expect(rebound).toMatchObject({ status: 403 });
  });

  test('is throttled by a reservation of nothing', async () => {
    await create('closed');
    await lambda.putFunctionConcurrency({ FunctionName: 'closed', ReservedConcurrentExecutions: 0 });
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({
      FunctionName: 'closed',
      AuthType: 'NONE',
    });
    expect(await send(FunctionUrl!, '/')).toMatchObject({ status: 429 });
    await expect(lambda.invoke({ FunctionName: 'closed' })).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
  });

  test('with AWS_IAM wants a signature', async () => {
    await create('private');
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({
      FunctionName: 'private',
      AuthType: 'AWS_IAM',
    });
    expect(await send(FunctionUrl!, '/')).toMatchObject({ status: 403, body: FORBIDDEN });
  });
});

test('provisioned concurrency becomes ready', async () => {
  await create('provisioned');
  await lambda.publishVersion({ FunctionName: 'provisioned' });
  const version = { FunctionName: 'provisioned', Qualifier: '1' };
  await lambda.putProvisionedConcurrencyConfig({ ...version, ProvisionedConcurrentExecutions: 1 });
  await expect.poll(async () => (await lambda.getProvisionedConcurrencyConfig(version)).Status).toBe('READY');
});

test('the content of a layer downloads from where GetLayerVersion says', async () => {
  const ZipFile = zipOf({ 'nodejs/a.js': '1' });
  const { Content } = await lambda.publishLayerVersion({ LayerName: 'downloaded', Content: { ZipFile } });
  const answer = await fetch(Content!.Location!);
  expect(Buffer.from(await answer.arrayBuffer()).equals(ZipFile)).toBe(true);
});

describe.runIf(HAS_PYTHON_CLIENTS)('boto3', () => {
  test('walks through layers, permissions, tags, mappings and configurations', async () => {
    await create('walked');
    const script = `
import base64
client = boto3.client('lambda')
arn = client.get_function(FunctionName='walked')['Configuration']['FunctionArn']
layer = client.publish_layer_version(LayerName='python', Content={'ZipFile': base64.b64decode('${zipOf({ a: 'b' }).toString('base64')}')})
client.add_permission(FunctionName='walked', StatementId='s', Action='lambda:InvokeFunction', Principal='events.amazonaws.com')
client.tag_resource(Resource=arn, Tags={'a': 'b'})
mapping = client.create_event_source_mapping(FunctionName='walked', EventSourceArn='arn:aws:sqs:eu-central-1:000000000000:q')
client.put_function_event_invoke_config(FunctionName='walked', MaximumRetryAttempts=1)
url = client.create_function_url_config(FunctionName='walked', AuthType='NONE')
errors = []
for call in (
    lambda: client.get_policy(FunctionName='nowhere'),
    lambda: client.put_function_concurrency(FunctionName='walked', ReservedConcurrentExecutions=1000),
):
    try: call()
    except botocore.exceptions.ClientError as e: errors.append(e.response['Error'])
print(json.dumps({
    'layer': layer['LayerVersionArn'],
    'policy': json.loads(client.get_policy(FunctionName='walked')['Policy'])['Statement'][0]['Principal'],
    'tags': client.list_tags(Resource=arn)['Tags'],
    'state': client.get_event_source_mapping(UUID=mapping['UUID'])['State'],
    'retries': client.get_function_event_invoke_config(FunctionName='walked')['MaximumRetryAttempts'],
    'layers': [item['LayerName'] for page in client.get_paginator('list_layers').paginate() for item in page['Layers']],
    'url': url['FunctionUrl'] == client.get_function_url_config(FunctionName='walked')['FunctionUrl'],
    'errors': errors,
}))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual({
      layer: 'arn:aws:lambda:eu-central-1:000000000000:layer:python:1',
      policy: { Service: 'events.amazonaws.com' },
      tags: { a: 'b' },
      state: 'Enabled',
      retries: 1,
      layers: ['downloaded', 'python'],
      url: true,
      errors: [
        {
          Code: 'ResourceNotFoundException',
          Message: 'Function not found: arn:aws:lambda:eu-central-1:000000000000:function:nowhere',
        },
        {
          Code: 'InvalidParameterValueException',
          Message:
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
        },
      ],
    });
  });

  test('and the AWS CLI reads account settings', async () => {
    const { code, stdout, stderr } = await awsCli(
      ['lambda', 'get-account-settings'],
      awsEnvironment(daemon.url),
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).AccountLimit.ConcurrentExecutions).toBe(1000);
  });
});
