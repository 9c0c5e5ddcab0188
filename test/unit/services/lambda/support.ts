import { type CreateFunctionRequest, Lambda } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { FakeHost } from '../../../support/aws/fake-host.ts';
import { zipOf } from '../../../support/aws/zip.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/lambda';
export const CODE = zipOf({ 'index.js': 'exports.handler = async (event) => event;' });
export const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

export interface LambdaServer extends AsyncDisposable {
  server: AwsServer;
  clock: ManualClock;
  host: FakeHost;
  lambda: Lambda;
  as(options: { key?: string; region?: string }): Lambda;
  /** Waits, in real time, for what comes over the socket. */
  arrived(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Creates a function, and lets it become active. */
  create(name: string, more?: Partial<CreateFunctionRequest>): Promise<void>;
}

interface StartOptions {
  transition?: number;
  /** Kept afterwards. */
  folder?: string;
  clock?: ManualClock;
  strict?: boolean;
}

/** Lambda's API over a socket, on a host that only pretends to run functions. */
export async function startLambda({
  transition,
  folder,
  clock = new ManualClock(),
  strict = false,
}: StartOptions = {}): Promise<LambdaServer> {
  const host = new FakeHost();
  const server = await startAws({
    clock,
    host,
    strict,
    ...(folder === undefined ? {} : { folder }),
    ...(transition === undefined ? {} : { transition }),
  });
  const clients: Lambda[] = [];
  const as = ({ key = 'test', region = 'us-east-1' }: { key?: string; region?: string }) => {
    const credentials = { accessKeyId: key, secretAccessKey: 'test' };
    const client = new Lambda({ endpoint: server.url, region, credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  const lambda = as({});
  return {
    server,
    clock,
    host,
    lambda,
    as,
    arrived: async (condition) => {
      while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    create: async (name, more = {}) => {
      await lambda.createFunction(functionInput(name, more));
      await clock.advance(10);
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

export function functionInput(
  name: string,
  more: Partial<CreateFunctionRequest> = {},
): CreateFunctionRequest {
  return {
    FunctionName: name,
    Role: ROLE,
    Code: { ZipFile: CODE },
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    ...more,
  };
}

/** The digests of the packages that are kept. */
export async function storedPackages({ server }: LambdaServer): Promise<string[]> {
  const { objects } = await server.dependencies.objects.list('awslambda-tasks');
  return objects.map(({ key }) => key.split('/')[1]!);
}
