import type { TypeRegistry } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import { RouteTable } from '../route.ts';
import { type RoutePattern, routePattern } from './route-pattern.ts';
import { Shape, type Traits } from './shape.ts';

export type ProtocolName =
  | 'rest-json'
  | 'json-1.0'
  | 'json-1.1'
  | 'query'
  | 'ec2-query'
  | 'rest-xml'
  | 'rpc-v2-cbor';

/** How requests to a service are known, and what its answers name it. Costs nothing to load. */
export interface ServiceIdentity {
  /** The folder in `src/services`. */
  name: string;
  /** As AWS's documentation and SDKs call it: `STS`, `CloudWatch Logs`. */
  sdkId: string;
  /** In the scope of a signature. Several services may share one; they differ in `version` then. */
  signingName: string;
  /** The API's version, which the query protocols send with every request. */
  version: string;
  /** In front of the operation in X-Amz-Target and in the path of RPC v2. */
  target: string;
  namespace: string;
  xmlNamespace: string;
  /** Those that its clients speak. */
  protocols: readonly ProtocolName[];
  /** Moved from the query protocol to another, and tells the old error codes in a header. */
  queryCompatible?: true;
  /** The code of an input that breaks a constraint, where it is not its protocol's usual one. */
  validationCode?: string;
  /** Its messages about constraints do not repeat what was sent. */
  hidesValues?: true;
  /** Below S3's errors there is no element around `<Error>`, and requests have ids of their own. */
  s3Like?: true;
  maxBodyBytes?: number;
  /** What a body that is a blob is sent as, where it is something better known than bytes. */
  blobType?: string;
}

export class OperationModel {
  readonly name: string;
  readonly http: Traits['http'];
  readonly #input: StaticOperationSchema[4];
  readonly #output: StaticOperationSchema[5];
  #inputShape: Shape | undefined;
  #outputShape: Shape | undefined;
  #route: RoutePattern | undefined;

  constructor([, , name, traits, input, output]: StaticOperationSchema) {
    this.name = name;
    this.http = typeof traits === 'object' ? (traits as Traits).http : undefined;
    this.#input = input;
    this.#output = output;
  }

  get input(): Shape {
    this.#inputShape ??= Shape.of(this.#input);
    return this.#inputShape;
  }

  get output(): Shape {
    this.#outputShape ??= Shape.of(this.#output);
    return this.#outputShape;
  }

  /** Where the http traits put it; undefined in protocols without paths. */
  get route(): RoutePattern | undefined {
    this.#route ??= routePattern(this);
    return this.#route;
  }

  /** The body is handed to the operation as it arrives. */
  get streamsInput(): boolean {
    return this.input.members.some(({ shape }) => shape.traits.httpPayload && shape.streaming);
  }
}

/** A service's identity with what the SDK's schemas say of it. */
export class ServiceModel {
  readonly identity: ServiceIdentity;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly #registries: readonly TypeRegistry[];
  #routes: RouteTable | undefined;
  readonly #errors = new Map<string, Shape | undefined>();

  /** `schemas` are a client's exports that end with `$`, or those of them that the service needs. */
  constructor(
    identity: ServiceIdentity,
    schemas: readonly StaticOperationSchema[],
    registries: readonly TypeRegistry[],
  ) {
    this.identity = identity;
    this.operations = new Map(schemas.map((schema) => [schema[2], new OperationModel(schema)]));
    this.#registries = registries;
  }

  get routes(): RouteTable {
    this.#routes ??= new RouteTable(this);
    return this.#routes;
  }

  /** The shape of the SDK's exception class called `name`; undefined where the service declares none. */
  error(name: string): Shape | undefined {
    if (!this.#errors.has(name)) this.#errors.set(name, this.#findError(name));
    return this.#errors.get(name);
  }

  #findError(name: string): Shape | undefined {
    for (const registry of this.#registries) {
      const found = registry.find((schema) => Array.isArray(schema) && schema[2] === name);
      if (found) return Shape.of(found as StaticErrorSchema);
    }
    return undefined;
  }
}
