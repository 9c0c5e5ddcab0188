import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceEntry } from '../../../src/aws/service.ts';
import { ServiceModel } from '../../../src/aws/shapes/model.ts';
import { AWS_CLIENTS } from '../../support/aws/clients.ts';
import { operationSchemas } from '../../support/aws/sdk-side.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { type AwsServer, authorization, startAws } from './support.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 150);

const HEAD = `POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization('sts')}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n`;

let server: AwsServer;

/** Every operation of every client, each answering with nothing, so that only the wire can go wrong. */
beforeAll(async () => {
  const others = AWS_CLIENTS.filter(({ identity }) => identity.name !== 'sts');
  const more = others.map(
    ({ identity, load }): ServiceEntry => ({
      identity,
      load: async () => {
        const module = await load();
        const model = new ServiceModel(identity, operationSchemas(module), module.errorTypeRegistries);
        const drain = async (input: { Body?: AsyncIterable<unknown> }) => {
          for await (const _ of input.Body ?? []);
          return {};
        };
        return {
          model,
          constraints: {},
          operations: Object.fromEntries([...model.operations.keys()].map((name) => [name, drain as never])),
        };
      },
    }),
  );
  server = await startAws({ more });
});

afterAll(() => server[Symbol.asyncDispose]());

async function expectRefusedOrAnswered(
  path: string,
  method: string,
  headers: Record<string, string>,
  body: Uint8Array | string,
) {
  const noBody = method === 'GET' || method === 'HEAD';
  const response = await fetch(server.url + path, {
    method,
    headers,
    ...(noBody ? {} : { body: body as string }),
  });
  const text = await response.text();
  expect(server.errors, `${method} ${path}`).toEqual([]);
  if (response.status !== 501) expect(response.status, text).toBeLessThan(500);
}

const bytes = fc.uint8Array({ maxLength: 200 });
/** JSON in which a schema finds its members, of any type. */
const json = fc.json({ maxDepth: 4 });
const nested = fc.constantFrom('[', '{"a":', '{"Filter":', '<a>', '\x9f').map((open) => open.repeat(50_000));
const junk = fc.oneof(bytes, json, fc.string(), nested);

const operations = AWS_CLIENTS.flatMap((entry) =>
  entry.identity.protocols.map((protocol) => ({ entry, protocol })),
);

describe('a malformed request is refused, whatever is wrong with it', () => {
  test.each(operations)(
    '$entry.identity.sdkId by $protocol',
    async ({ entry: { identity, load }, protocol }) => {
      const model = new ServiceModel(identity, operationSchemas(await load()), []);
      const names = fc.constantFrom(...model.operations.keys());
      const auth = { authorization: authorization(identity.signingName) };
      await fc.assert(
        fc.asyncProperty(names, junk, json, async (name, body, value) => {
          const operation = model.operations.get(name)!;
          switch (protocol) {
            case 'json-1.0':
            case 'json-1.1': {
              const headers = {
                ...auth,
                'content-type': `application/x-amz-${protocol}`,
                'x-amz-target': `${identity.target}.${name}`,
              };
              await expectRefusedOrAnswered('/', 'POST', headers, body);
              return expectRefusedOrAnswered(
                '/',
                'POST',
                headers,
                wrong(
                  operation.input.members.map((m) => m.name),
                  value,
                ),
              );
            }
            case 'rpc-v2-cbor':
              return expectRefusedOrAnswered(
                `/service/${identity.target}/operation/${name}`,
                'POST',
                { ...auth, 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
                body,
              );
            case 'query':
            case 'ec2-query': {
              const headers = { ...auth, 'content-type': 'application/x-www-form-urlencoded' };
              const start = `Action=${name}&Version=${identity.version}&`;
              await expectRefusedOrAnswered(
                '/',
                'POST',
                headers,
                start + Buffer.from(body).toString('latin1'),
              );
              const members = operation.input.members.flatMap((m) => [
                `${m.name}=${encodeURIComponent(value)}`,
                `${m.name}.1.a=x`,
                `${m.name}.member.999999999=${value.length}`,
              ]);
              return expectRefusedOrAnswered('/', 'POST', headers, start + members.join('&'));
            }
            default: {
              const [method, uri] = operation.http!;
              const path =
                `/${identity.s3Like ? 'bucket' : ''}${uri.replace(/\{[^}]+\}/g, () => encodeURIComponent(value).slice(0, 200) || 'x')}`.replace(
                  /^\/\//,
                  '/',
                );
              await expectRefusedOrAnswered(
                path,
                method,
                { ...auth, 'content-type': 'application/json' },
                body,
              );
              return expectRefusedOrAnswered(
                path,
                method,
                auth,
                wrong(
                  operation.input.members.map((m) => m.name),
                  value,
                ),
              );
            }
          }
        }),
        { numRuns: RUNS, includeErrorInReport: true },
      );
    },
  );

  test('signatures, codings and paths of any kind', async () => {
    const header = fc.stringMatching(/^[ -~]{0,80}$/);
    await fc.assert(
      fc.asyncProperty(header, header, header, bytes, async (one, two, three, body) => {
        for (const headers of [
          { authorization: `AWS4-HMAC-SHA256 ${one}` },
          { authorization: `AWS4-HMAC-SHA256 Credential=${one}/${two}/${three}/sts/aws4_request` },
          { authorization: authorization('sts'), 'content-encoding': one },
          { authorization: authorization('s3'), 'content-encoding': 'gzip' },
          { authorization: authorization('s3'), 'content-encoding': 'aws-chunked', 'x-amz-trailer': two },
          { authorization: authorization('sts'), 'x-amz-security-token': `IQoJb3JpZ2luX2Vj${one}` },
          { 'x-amz-target': one },
          { 'smithy-protocol': two },
        ]) {
          const encoded = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v).trim()]));
          await expectRefusedOrAnswered(`/bucket/${encodeURIComponent(three)}`, 'PUT', encoded, body);
          await expectRefusedOrAnswered(
            `/?${encodeURIComponent(one)}=%zz&Action=${encodeURIComponent(two)}`,
            'POST',
            encoded,
            body,
          );
        }
      }),
      { numRuns: 40, includeErrorInReport: true },
    );
  });

  test('a request that ends in the middle', async () => {
    for (const body of ['', 'Action=GetCaller', '5\r\nab']) {
      const connection = new RawConnection(server.url);
      connection.send(`${HEAD}${body}`);
      await new Promise((resolve) => connection.socket.once('connect', resolve));
      connection.socket.end();
      await connection.closed;
    }
    expect(server.errors).toEqual([]);
    expect((await fetch(`${server.url}/?Action=GetCallerIdentity&Version=2011-06-15`)).status).toBe(403);
  });
});

/** Each member with a value that is not of its type. */
function wrong(names: string[], value: string): string {
  return `{${names.map((name) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}
