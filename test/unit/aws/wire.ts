import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AnyOperation, ServiceEntry } from '../../../src/aws/service.ts';
import { ServiceModel } from '../../../src/aws/shapes/model.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { AWS_CLIENTS } from '../../support/aws/clients.ts';
import { operationSchemas } from '../../support/aws/sdk-side.ts';
import { type AwsServer, authorization, startAws } from './support.ts';

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export const target = (name: string) => ({
  'x-amz-target': name,
  'content-type': 'application/x-amz-json-1.1',
});

/** A server of services of each protocol for a file's tests, which do in `operations` what a test says. */
export function useWire() {
  const operations: Record<string, AnyOperation> = {};
  const clock = new ManualClock();
  let server: AwsServer;
  beforeAll(async () => {
    const more = AWS_CLIENTS.filter(({ identity }) =>
      ['lambda', 's3', 'cloudwatch', 'logs', 'ec2'].includes(identity.name),
    );
    server = await startAws({
      clock,
      more: more.map(
        ({ identity, load }): ServiceEntry => ({
          identity: { ...identity, maxBodyBytes: 1_000_000 },
          load: async () => {
            const module = await load();
            const model = new ServiceModel(identity, operationSchemas(module), module.errorTypeRegistries);
            return {
              model: Object.assign(model, { identity: { ...identity, maxBodyBytes: 1_000_000 } }),
              operations,
              constraints: {},
            };
          },
        }),
      ),
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());
  afterEach(() => {
    for (const name of Object.keys(operations)) delete operations[name];
    expect(server.errors.splice(0)).toEqual([]);
  });
  return {
    operations,
    clock,
    get server(): AwsServer {
      return server;
    },
    /** Of a client. */
    config: () => ({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      forcePathStyle: true,
    }),
    async send(
      service: string,
      init: { path?: string; method?: string; headers?: Record<string, string>; body?: string | Buffer },
    ) {
      const { path = '/', method = 'POST', headers = {}, body } = init;
      const sent = body === undefined ? {} : { body: body as string };
      const response = await fetch(server.url + path, {
        method,
        headers: { authorization: authorization(service), ...headers },
        ...sent,
      });
      return { status: response.status, headers: response.headers, body: await response.text() };
    },
  };
}
