import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goProgram, HAS_GO_CLIENTS } from '../support/aws/go.ts';
import { TestLambda } from '../support/aws/lambda-client.ts';
import { BASE_IMAGE, docker } from '../support/containers.ts';
import type { RunningDaemon } from '../support/daemon.ts';
import { IN_CONTAINERS, startLambdaDaemon } from '../support/lambda-backend.ts';

const RUNTIMES = join(import.meta.dirname, '../../runtimes');
const NAME = `lambdock-test-function-${process.pid}`;
const ENTRY = '#!/bin/sh\nexport _HANDLER="$1"\nexec node /opt/runtime/bootstrap.mjs\n';
const dockerfile = (lines: string) =>
  `FROM ${BASE_IMAGE}\nCOPY runtime /opt/runtime\nCOPY entry.sh /entry.sh\nCOPY index.js /var/task/index.js\n${lines}\n`;

let daemon: RunningDaemon;
let lambda: TestLambda;
const images: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'lambdock-images-'));

beforeAll(async () => {
  daemon = await startLambdaDaemon();
  lambda = new TestLambda(daemon);
  cpSync(join(RUNTIMES, 'lambda-node'), join(folder, 'runtime'), { recursive: true });
  writeFileSync(join(folder, 'entry.sh'), ENTRY, { mode: 0o755 });
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  for (const image of images) await docker('rmi', '--force', image);
  rmSync(folder, { recursive: true });
});

/** Builds an image whose `index.handler` answers this expression. */
async function build(tag: string, answer: string, lines = ''): Promise<string> {
  const image = `${NAME}:${tag}`;
  writeFileSync(
    join(folder, 'index.js'),
    `exports.handler = async (event) => (${answer});\nexports.other = async () => 'other';\n`,
  );
  writeFileSync(
    join(folder, 'Dockerfile'),
    dockerfile(
      `WORKDIR /var/task\nENV LAMBDA_TASK_ROOT=/var/task\nENTRYPOINT ["/entry.sh"]\nCMD ["index.handler"]\n${lines}`,
    ),
  );
  await docker('build', '--quiet', '--tag', image, folder);
  if (!images.includes(image)) images.push(image);
  return image;
}

const ofImage = (ImageUri: string, ImageConfig = {}) =>
  ({ PackageType: 'Image', Code: { ImageUri }, ImageConfig }) as const;

describe.runIf(IN_CONTAINERS)('a function that is an image', () => {
  test('runs what ENTRYPOINT and CMD say, in the folder and with the variables of the image', async () => {
    const image = await build(
      'plain',
      '[event.n, process.cwd(), process.env.FROM_IMAGE, process.getuid()]',
      'ENV FROM_IMAGE=yes',
    );
    const name = await lambda.create({}, ofImage(image));
    const { value, log } = await lambda.invoke(name, { n: 1 });
    expect(value).toEqual([1, '/var/task', 'yes', 993]);
    expect(log).toMatch(/^START RequestId/);
    const id = (await docker('image', 'inspect', '--format', '{{.Id}}', image)).replace('sha256:', '');
    const { Code, Configuration } = await lambda.client.send(new GetFunctionCommand({ FunctionName: name }));
    expect(Code).toMatchObject({ ImageUri: image, ResolvedImageUri: `${NAME}@sha256:${id}` });
    expect(Configuration).toMatchObject({ CodeSha256: id, PackageType: 'Image' });
  });

  test('starts what ImageConfig says instead', async () => {
    const image = await build('plain', "'handler'");
    const command = await lambda.create({}, ofImage(image, { Command: ['index.other'] }));
    expect((await lambda.invoke(command)).value).toBe('other');
    const entry = await lambda.create(
      {},
      ofImage(image, {
        EntryPoint: ['/bin/sh', '-c', 'pwd >&2; exec /entry.sh index.other'],
        WorkingDirectory: '/opt',
      }),
    );
    const { value, log } = await lambda.invoke(entry);
    expect(value).toBe('other');
    expect(`${log}`).not.toContain('INFO');
    const broken = await lambda.create({}, ofImage(image, { EntryPoint: ['/no/such/program'] }));
    expect((await lambda.invoke(broken)).value).toEqual({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringMatching(/fork\/exec \/no\/such\/program: no such file or directory$/),
    });
  });

  test('stays what it was when the tag comes to mean another image, until its code is updated', async () => {
    const image = await build('moving', "'old'");
    const name = await lambda.create({}, ofImage(image));
    await build('moving', "'new'");
    expect((await lambda.invoke(name)).value).toBe('old');
    await lambda.client.send(new UpdateFunctionCodeCommand({ FunctionName: name, ImageUri: image }));
    await expect.poll(async () => (await lambda.invoke(name)).value).toBe('new');
  });

  test('can’t be made of an image that is nowhere', async () => {
    const missing = 'localhost:1/none:latest';
    await expect(lambda.create({}, ofImage(missing))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `Source image ${missing} does not exist. Provide a valid source image.`,
    });
  });

  test.runIf(HAS_GO_CLIENTS)('may hold a single program and nothing else', async () => {
    const image = `${NAME}:go`;
    const context = mkdtempSync(join(tmpdir(), 'lambdock-go-image-'));
    cpSync(goProgram('failover-app'), join(context, 'main'));
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY main /main\nENTRYPOINT ["/main"]\n');
    await docker('build', '--quiet', '--tag', image, context);
    rmSync(context, { recursive: true });
    images.push(image);
    const name = await lambda.create({}, ofImage(image));
    const event = { httpMethod: 'GET', path: '/env', headers: {}, queryStringParameters: {}, body: '' };
    const { value } = await lambda.invoke(name, {
      requestContext: { elb: { targetGroupArn: 'arn' } },
      ...event,
    });
    expect(value).toMatchObject({ statusCode: 200, body: '{"message":"lambda"}' });
  });
});
