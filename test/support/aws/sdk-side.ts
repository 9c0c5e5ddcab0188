import { Readable } from 'node:stream';
import {
  AwsEc2QueryProtocol,
  AwsJson1_0Protocol,
  AwsJson1_1Protocol,
  AwsQueryProtocol,
  AwsRestJsonProtocol,
  AwsRestXmlProtocol,
  AwsSmithyRpcV2CborProtocol,
} from '@aws-sdk/core/protocols';
import { HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpRequest, StaticOperationSchema } from '@smithy/types';
import type { WireAnswer, WireRequest } from '../../../src/aws/protocols/protocol.ts';
import { type ProtocolName, ServiceModel } from '../../../src/aws/shapes/model.ts';
import type { AwsClientEntry, AwsClientModule } from './clients.ts';

interface SdkProtocol {
  setSerdeContext(context: unknown): void;
  serializeRequest(schema: unknown, input: unknown, context: unknown): Promise<HttpRequest>;
  deserializeResponse(schema: unknown, context: unknown, response: unknown): Promise<Record<string, unknown>>;
}

type ProtocolClass = new (settings: never) => unknown;

const PROTOCOLS: Readonly<Record<ProtocolName, ProtocolClass>> = {
  'rest-json': AwsRestJsonProtocol,
  'json-1.0': AwsJson1_0Protocol,
  'json-1.1': AwsJson1_1Protocol,
  query: AwsQueryProtocol,
  'ec2-query': AwsEc2QueryProtocol,
  'rest-xml': AwsRestXmlProtocol,
  'rpc-v2-cbor': AwsSmithyRpcV2CborProtocol,
};

/** The SDK's half of a round trip: what a client writes and reads, without its retries, signatures and endpoints. */
export class SdkSide {
  readonly model: ServiceModel;
  readonly module: AwsClientModule;
  readonly #schemas: ReadonlyMap<string, StaticOperationSchema>;
  readonly #protocol: SdkProtocol;
  readonly #config: Record<string, unknown>;
  readonly #target: string;

  constructor({ identity, client }: AwsClientEntry, module: AwsClientModule, protocol: ProtocolName) {
    this.module = module;
    this.#target = identity.target;
    const schemas = operationSchemas(module);
    this.#schemas = new Map(schemas.map((schema) => [schema[2], schema]));
    this.model = new ServiceModel(identity, schemas, module.errorTypeRegistries);
    const Client = module[client] as new (config: unknown) => { config: Record<string, unknown> };
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const { config } = new Client({
      region: 'us-east-1',
      credentials,
      requestHandler: new NodeHttpHandler(),
      disableHostPrefix: true,
    });
    const settings = { ...(config.protocolSettings as object), xmlNamespace: identity.xmlNamespace };
    this.#config = config;
    this.#protocol = new PROTOCOLS[protocol](settings as never) as SdkProtocol;
    this.#protocol.setSerdeContext(config);
  }

  get operations(): string[] {
    return [...this.#schemas.keys()];
  }

  /** `prefix` is what a client's endpoint rules put in front of the path. */
  async write(operation: string, input: unknown, prefix = ''): Promise<WireRequest> {
    const context = {
      ...this.#config,
      endpoint: async () => ({ protocol: 'http:', hostname: 'localhost', path: prefix || '/' }),
      __smithy_context: { service: this.#target, operation },
    };
    const schema = this.#operation(operation);
    const request = await this.#protocol.serializeRequest(schema, input, context);
    const { body } = request;
    return {
      method: request.method,
      path: request.path,
      query: queryString(request.query ?? {}),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: body === undefined || body === null ? new Uint8Array() : Buffer.from(body as Uint8Array),
    };
  }

  async read(operation: string, { status, headers, body }: WireAnswer): Promise<Record<string, unknown>> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const stream =
      bytes instanceof Uint8Array
        ? Readable.from([bytes], { objectMode: false })
        : Readable.from(bytes as AsyncIterable<Uint8Array>);
    const decoded = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'latin1').toString('utf8')]),
    );
    const response = new HttpResponse({ statusCode: status, headers: decoded, body: stream });
    const { $metadata: _, ...output } = await this.#protocol.deserializeResponse(
      this.#operation(operation),
      { ...this.#config, __smithy_context: { operation } },
      response,
    );
    return output;
  }

  /** As operations come out of the SDK's own normalisation. */
  #operation(name: string) {
    const [, namespace, operation, traits, input, output] = this.#schemas.get(name)!;
    return { namespace, name: operation, traits, input, output };
  }
}

/** Exports that describe operations: `CreateFunction$`. */
export function operationSchemas(module: AwsClientModule): StaticOperationSchema[] {
  return Object.entries(module)
    .filter(([name, value]) => name.endsWith('$') && Array.isArray(value) && value[0] === 9)
    .map(([, value]) => value as StaticOperationSchema);
}

function queryString(query: Readonly<Record<string, string | string[] | null>>): string {
  return Object.entries(query)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((item) => [name, item] as const))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`)
    .join('&');
}
