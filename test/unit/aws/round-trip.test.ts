import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../src/aws/failure.ts';
import { guessProtocol, identify } from '../../../src/aws/identify.ts';
import { PROTOCOLS } from '../../../src/aws/protocols/index.ts';
import type { WireRequest } from '../../../src/aws/protocols/protocol.ts';
import type { OperationModel, ProtocolName, ServiceModel } from '../../../src/aws/shapes/model.ts';
import { Shape } from '../../../src/aws/shapes/shape.ts';
import { parseParameters } from '../../../src/aws/values/query.ts';
import { valuesOf } from '../../support/aws/arbitraries.ts';
import { AWS_CLIENTS } from '../../support/aws/clients.ts';
import { comparable } from '../../support/aws/comparable.ts';
import { SdkSide } from '../../support/aws/sdk-side.ts';

/** Inputs, outputs and errors tried with each operation; a nightly run asks for more. */
const RUNS = Number(process.env.ROUND_TRIP_RUNS ?? 5);

const variants = AWS_CLIENTS.flatMap((entry) =>
  entry.identity.protocols.map((protocol) => ({
    title: `${entry.identity.sdkId} by ${protocol}`,
    entry,
    protocol,
  })),
);

describe.each(variants)('$title', async ({ entry, protocol }) => {
  const sdk = new SdkSide(entry, await entry.load(), protocol);
  const server = PROTOCOLS[protocol];
  const context = { service: entry.identity, requestId: 'request-1' };

  it('finds each operation, and reads the input that the SDK wrote', async () => {
    for (const name of sdk.operations) {
      const { input: shape } = sdk.model.operations.get(name)!;
      const inputs = valuesOf(shape, { protocol, direction: 'input' });
      await check(name, inputs, async (input) => {
        const request = await sdk.write(name, input, bucketPath(protocol, shape, input));
        const operation = find(sdk.model, protocol, request)!;
        expect(operation?.name).toBe(name);
        const given = operation.streamsInput
          ? { ...request, stream: Readable.from([request.body]) }
          : request;
        const decoded = server.decode(operation, given);
        expect(await comparable(shape, decoded, protocol)).toEqual(await comparable(shape, input, protocol));
      });
    }
  });

  it('writes outputs that the SDK reads', async () => {
    for (const name of sdk.operations) {
      const operation = sdk.model.operations.get(name)!;
      const outputs = valuesOf(operation.output, { protocol, direction: 'output' });
      await check(name, outputs, async (output) => {
        const read = await sdk.read(
          name,
          server.encode(operation, withEvents(operation.output, output), context),
        );
        const { output: shape } = operation;
        expect(await comparable(shape, read, protocol)).toEqual(await comparable(shape, output, protocol));
      });
    }
  });

  it('writes errors that the SDK reads', async () => {
    const [operation] = sdk.operations;
    for (const schema of errorSchemas(sdk)) {
      const shape = Shape.of(schema);
      await check(shape.name, valuesOf(shape, { protocol, direction: 'output' }), async (members) => {
        const thrown = exception(sdk, shape.name, readableIn(protocol, members as object));
        const failure = toFailure(thrown, server, sdk.model);
        const read = await sdk
          .read(operation!, server.encodeFailure(failure, context))
          .catch((error) => error);
        expect(read.name).toBe(nameInSdk(sdk, protocol, shape));
        expect(read.message).toBe(thrown.message);
        expect(read.$fault).toBe(shape.traits.error);
        expect(await comparable(shape, { ...read }, protocol)).toEqual(
          await comparable(shape, { ...thrown }, protocol),
        );
      });
    }
  });
});

async function check<T>(
  name: string,
  values: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(values, holds);
  await fc.assert(property, { numRuns: RUNS, includeErrorInReport: true }).catch((error: Error) => {
    error.message = `${name}: ${error.message}`;
    throw error;
  });
}

/** As the wire finds it. */
function find(model: ServiceModel, protocol: ProtocolName, request: WireRequest): OperationModel | undefined {
  const isForm = protocol === 'query' || protocol === 'ec2-query';
  const query = new Map(isForm ? parseParameters(Buffer.from(request.body).toString()) : []);
  const credentials = {
    accessKeyId: 'test',
    region: 'us-east-1',
    service: model.identity.signingName,
    sessionToken: undefined,
  };
  const signs = { headers: request.headers, path: request.path, parameters: query, credentials };
  const entry = { identity: model.identity, load: async () => ({ model, operations: {}, constraints: {} }) };
  const found = identify([entry], signs);
  expect(found.protocol).toBe(protocol);
  expect([protocol, 'rest-json']).toContain(
    guessProtocol(signs) === 'rest-xml' ? protocol : guessProtocol(signs),
  );
  if (found.operation !== undefined) return model.operations.get(found.operation);
  const { method, path, headers } = request;
  return model.routes.find({ method, path, headers, query: new URLSearchParams(request.query) });
}

/** Where S3's clients put the bucket. */
function bucketPath(protocol: ProtocolName, shape: Shape, input: unknown): string {
  const inPath =
    protocol === 'rest-xml' && shape.kind === 'structure' && shape.member('Bucket')?.shape.traits.httpLabel;
  return inPath ? `/${(input as { Bucket: string }).Bucket}` : '';
}

/** Operations give streams of events where the generator gave one. */
function withEvents(shape: Shape, output: unknown): unknown {
  const member = shape.kind === 'structure' ? shape.eventStream : undefined;
  const source = output as Record<string, unknown>;
  if (!member || source[member.name] === undefined) return output;
  return { ...source, [member.name]: Readable.from([source[member.name]]) };
}

/** In the query protocol, and where a service came from it, SDKs know an error by its code, which may be another's name. */
function nameInSdk({ module }: SdkSide, protocol: ProtocolName, { name, traits }: Shape): string {
  const [code = name] = traits.awsQueryError ?? [];
  const byCode = protocol === 'query' || traits.awsQueryError !== undefined;
  return byCode && `${code}$` in module ? code : name;
}

function errorSchemas({ module }: SdkSide) {
  return Object.entries(module)
    .filter(([name, value]) => name.endsWith('$') && Array.isArray(value) && value[0] === -3)
    .filter(([name]) => !name.endsWith('ServiceException$'))
    .map(([, value]) => value as never);
}

/** What readers of XML refuse is no part of what an error says there. */
function readableIn(protocol: ProtocolName, members: { message?: string; Message?: string }): object {
  if (protocol !== 'query' && protocol !== 'ec2-query' && protocol !== 'rest-xml') return members;
  const readable = (text: string) => text.replace(/[^\t\n\r\x20-\ufffd]/g, '\ufffd');
  const { message, Message } = members;
  return {
    ...members,
    ...(message === undefined ? {} : { message: readable(message) }),
    ...(Message === undefined ? {} : { Message: readable(Message) }),
  };
}

function exception({ module }: SdkSide, name: string, members: Record<string, unknown> | object): Error {
  const Exception = module[name] as new (options: object) => Error;
  const said =
    (members as { message?: string; Message?: string }).message ?? (members as { Message?: string }).Message;
  return new Exception({ ...members, message: said || 'what went wrong', $metadata: {} });
}
