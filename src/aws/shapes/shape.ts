import { NormalizedSchema } from '@smithy/core/schema';
import type { SchemaRef } from '@smithy/types';
import { bindingsOf, type HttpBindings } from './http-bindings.ts';

export type ShapeKind =
  | 'structure'
  | 'list'
  | 'map'
  | 'string'
  | 'boolean'
  | 'number'
  | 'bigInteger'
  | 'bigDecimal'
  | 'blob'
  | 'timestamp'
  | 'document'
  | 'unit';

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** What the SDK's schemas say of a member beside its type. Flags are 1 where they are set. */
export interface Traits {
  httpLabel?: number;
  httpQuery?: string;
  httpQueryParams?: number;
  httpHeader?: string;
  httpPrefixHeaders?: string;
  httpPayload?: number;
  httpResponseCode?: number;
  /** Method, path with static query, and status of the answer. */
  http?: [method: string, uri: string, status: number];
  hostLabel?: number;
  idempotencyToken?: number;
  sensitive?: number;
  sparse?: number;
  streaming?: number;
  mediaType?: string;
  jsonName?: string;
  xmlName?: string;
  xmlAttribute?: number;
  xmlFlattened?: number;
  xmlNamespace?: [prefix: string, uri: string];
  ec2QueryName?: string;
  eventHeader?: number;
  eventPayload?: number;
  error?: 'client' | 'server';
  httpError?: number;
  awsQueryError?: [code: string, status: number];
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
}

const KINDS: Readonly<Record<number, ShapeKind>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  6: 'timestamp',
  7: 'timestamp',
  15: 'document',
  17: 'bigInteger',
  19: 'bigDecimal',
  21: 'blob',
  42: 'blob',
};

const FORMATS: Readonly<Record<number, TimestampFormat>> = {
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
};

/** The number under which the SDK's schemas write a blob that streams. */
const STREAMING_BLOB = 42;
const UNION = 4;

/**
 * A type as one of the SDK's run-time schemas describes it, in the words of the Smithy specification. The schemas refer
 * to each other, so that what a shape refers to is made when it is first asked for, and then kept.
 */
export class Shape {
  readonly kind: ShapeKind;
  /** Without its namespace. */
  readonly name: string;
  /** Those of the type with those of the member, which win. */
  readonly traits: Traits;
  /** Those that stand at the member alone. */
  readonly memberTraits: Traits;
  /** A structure of which one member is set. */
  readonly union: boolean;
  readonly streaming: boolean;
  /** Undefined where the protocol decides. */
  readonly timestampFormat: TimestampFormat | undefined;
  readonly #schema: NormalizedSchema;
  #members: readonly Member[] | undefined;
  #bindings: HttpBindings | undefined;
  #byName: ReadonlyMap<string, Member> | undefined;
  #element: Shape | undefined;
  #key: Shape | undefined;

  constructor(schema: NormalizedSchema) {
    this.#schema = schema;
    const type: unknown = schema.getSchema();
    this.kind = kindOf(schema, type);
    this.name = schema.getName() ?? '';
    this.traits = schema.getMergedTraits() as Traits;
    this.memberTraits = schema.getMemberTraits() as Traits;
    this.union = Array.isArray(type) && type[0] === UNION;
    this.streaming = type === STREAMING_BLOB || this.traits.streaming !== undefined;
    this.timestampFormat = typeof type === 'number' ? FORMATS[type] : undefined;
  }

  static of(schema: SchemaRef): Shape {
    return new Shape(NormalizedSchema.of(schema));
  }

  /** Of a structure, in the order of the schema. */
  get members(): readonly Member[] {
    this.#members ??= this.#makeMembers();
    return this.#members;
  }

  member(name: string): Member | undefined {
    this.#byName ??= new Map(this.members.map((member) => [member.name, member]));
    return this.#byName.get(name);
  }

  get bindings(): HttpBindings {
    this.#bindings ??= bindingsOf(this.members);
    return this.#bindings;
  }

  /** What a list or a map contains. */
  get element(): Shape {
    this.#element ??= new Shape(this.#schema.getValueSchema());
    return this.#element;
  }

  /** What a map is keyed by: text, with the name it has in XML. */
  get key(): Shape {
    this.#key ??= new Shape(this.#schema.getKeySchema());
    return this.#key;
  }

  /** The member whose events follow a request or an answer one by one. */
  get eventStream(): Member | undefined {
    return this.members.find(({ shape }) => shape.streaming && shape.kind === 'structure');
  }

  #makeMembers(): Member[] {
    if (this.kind !== 'structure') return [];
    const type = this.#schema.getSchema() as unknown as readonly unknown[];
    const required = typeof type[6] === 'number' ? type[6] : 0; // the schemas list required members first
    return [...this.#schema.structIterator()].map(([name, schema], index) => ({
      name,
      shape: new Shape(schema),
      required: index < required,
    }));
  }
}

function kindOf(schema: NormalizedSchema, type: unknown): ShapeKind {
  if (schema.isUnitSchema()) return 'unit';
  if (schema.isStructSchema()) return 'structure';
  if (schema.isListSchema()) return 'list';
  if (schema.isMapSchema()) return 'map';
  const kind = typeof type === 'number' ? KINDS[type] : undefined;
  if (!kind) throw new Error(`the SDK describes ${schema.getName(true)} in a way that is new to us`);
  return kind;
}
