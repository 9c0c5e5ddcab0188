import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsHandler } from '../../../src/aws/handler.ts';
import type { ServiceEntry } from '../../../src/aws/service.ts';
import { Strict } from '../../../src/aws/strict.ts';
import type { Clock } from '../../../src/clock/clock.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { RealClock } from '../../../src/clock/real-clock.ts';
import type { FunctionHost } from '../../../src/execution/function-host.ts';
import { services } from '../../../src/services/catalogue.ts';
import { readIssuerRequest } from '../../../src/services/iam/outbound/address.ts';
import { readUrlRequest } from '../../../src/services/lambda/urls/url-address.ts';
import type { LambdaTarget } from '../../../src/services/logs/subscriptions.ts';
import { type OpenDependencies, openDependencies } from '../../support/aws/dependencies.ts';
import { NEVER_IDLE } from '../../support/never-idle.ts';

export interface AwsServer extends AsyncDisposable {
  dependencies: OpenDependencies;
  /** As the daemon does when it starts. */
  resume(): Promise<void>;
  url: string;
  port: number;
  /** Bugs that were told of. */
  errors: unknown[];
  notices: string[];
}

export interface AwsServerOptions {
  clock?: Clock;
  /** Stand before those that are there, and instead of them. */
  more?: ServiceEntry[];
  host?: FunctionHost;
  folder?: string;
  /** How long functions of Lambda are Pending. */
  transition?: number;
  /** What subscriptions lead to. */
  lambda?: LambdaTarget;
  /** Verify signatures, and enforce policies. */
  strict?: boolean;
  /** What signatures are dated by. */
  signatureClock?: Clock;
}

/** The AWS API alone, over a socket. */
export async function startAws({
  clock = new ManualClock(),
  more = [],
  host,
  folder,
  transition,
  lambda,
  strict = false,
  signatureClock = new RealClock(),
}: AwsServerOptions = {}): Promise<AwsServer> {
  const errors: unknown[] = [];
  const notices: string[] = [];
  const dependencies = openDependencies({
    clock,
    ...(host ? { host } : {}),
    ...(folder === undefined ? {} : { folder }),
    ...(transition === undefined ? {} : { transition }),
    ...(lambda ? { lambda } : {}),
    strict,
    signatureClock,
    onError: (error) => errors.push(error),
  });
  const { sessions, identities } = dependencies;
  const handler = new AwsHandler({
    clock,
    sessions,
    identities,
    strict: dependencies.strict && new Strict(dependencies.strict),
    defaultAccount: '000000000000',
    services: [...more, ...services(dependencies)],
    onMissing: (message) => notices.push(message),
    onError: (error) => errors.push(error),
  });
  const server = createServer(NEVER_IDLE, (req, res) => {
    answer(handler, req, res).catch((error) => errors.push(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    errors,
    notices,
    dependencies,
    resume: () => handler.resume(),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dependencies[Symbol.asyncDispose]();
    },
  };
}

/** As the front server shares requests out. */
function answer(handler: AwsHandler, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (readUrlRequest(req)) {
    return handler.serve('lambda', req, res, req.headers['x-test-foreign'] !== undefined);
  }
  return readIssuerRequest(req.url!) ? handler.serve('sts', req, res, false) : handler.handle(req, res);
}

export function authorization(service: string, key = 'test', region = 'us-east-1'): string {
  return `AWS4-HMAC-SHA256 Credential=${key}/20260131/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`;
}
