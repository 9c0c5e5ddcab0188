import { request } from 'node:http';
import type { CreateFunctionUrlConfigRequest } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { FakeHost } from '../../../support/aws/fake-host.ts';
import { type LambdaServer, startLambda } from './support.ts';

export interface UrlAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** A server of Lambda for a file's tests of URLs, whose host answers anew in each of them. */
export function useUrls() {
  let it: LambdaServer;
  let count = 0;
  beforeAll(async () => {
    it = await startLambda();
  });
  afterAll(async () => {
    expect(it.server.errors).toEqual([]);
    await it[Symbol.asyncDispose]();
  });
  afterEach(() => {
    it.host.answer = new FakeHost().answer;
    it.host.contentType = 'application/octet-stream';
    it.host.streamError = undefined;
  });
  return {
    get it(): LambdaServer {
      return it;
    },
    /** The name of the function whose URL was made last. */
    latest: () => `f${count - 1}`,
    /** The own host name of a new function's URL. */
    async urlOf(more: Partial<CreateFunctionUrlConfigRequest> = {}): Promise<string> {
      const FunctionName = `f${count++}`;
      await it.create(FunctionName);
      const { FunctionUrl } = await it.lambda.createFunctionUrlConfig({
        FunctionName,
        AuthType: 'NONE',
        ...more,
      });
      return new URL(FunctionUrl!).hostname;
    },
    /** By host name, without asking anyone for its address. */
    send(host: string, { method = 'GET', path = '/', headers = {}, body }: Sent = {}): Promise<UrlAnswer> {
      return new Promise((resolve, reject) => {
        const options = {
          port: it.server.port,
          host: '127.0.0.1',
          method,
          path,
          headers: { host, ...headers },
        };
        const req = request(options, (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('error', reject);
          res.on('end', () =>
            resolve({
              status: res.statusCode!,
              headers: res.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        });
        req.on('error', reject);
        req.end(body);
      });
    },
    answering(value: unknown): void {
      it.host.answer = () => ({ payload: Buffer.from(JSON.stringify(value)) });
    },
  };
}
