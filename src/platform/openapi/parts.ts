import * as z from 'zod';
import type { SchemaName } from './named-schemas.ts';

export type Json = Record<string, unknown>;

export function body(name: SchemaName, example: Json): Json {
  const schema = ref(name);
  return {
    required: true,
    content: {
      'application/json': { schema, example },
      'multipart/form-data': {
        schema,
        encoding: {
          code: { contentType: 'text/plain, application/octet-stream' },
          file: { contentType: 'text/plain, application/octet-stream' },
        },
      },
    },
  };
}

export function ok(description: string, name: SchemaName): Json {
  return { 200: { description, content: { 'application/json': { schema: ref(name) } } } };
}

/** An answer that tells the function's revision. */
export function tagged(answer: Json): Json {
  const headers = {
    ETag: {
      description: 'The revision; missing where a linked file can’t be read',
      schema: { type: 'string' },
    },
  };
  return mapValues(answer, (one) => ({ ...(one as Json), headers }));
}

export const IF_MATCH: Json = {
  name: 'If-Match',
  in: 'header',
  description: 'Change it only if it has one of these revisions: ETags, or `*` (RFC 9110, section 13.1.1).',
  schema: { type: 'string' },
};

export const LAST_EVENT_ID: Json = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'Sent by a browser that reconnects: the same as `since`.',
  schema: { type: 'string' },
};

/** The answer of a call that goes on telling. */
export const EVENTS: Json = {
  200: {
    description: 'The stream',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  },
};

const ERRORS = {
  400: 'Invalid input; the message names the field',
  404: 'Unknown or deleted',
  409: 'In conflict with how the function is kept, as one whose code is linked to a file',
  413: 'More code than allowed',
  503: 'Not there now',
  507: 'No space left',
};

/** These, and what every call can answer. */
export function errors(...statuses: (keyof typeof ERRORS)[]): Json {
  const own = statuses.map((status) => [status, failure(ERRORS[status], 'Error')]);
  return { ...Object.fromEntries(own), 500: failure('An error of lambdock’s', 'Error') };
}

export function failure(description: string, name: SchemaName): Json {
  return { description, content: { 'application/json': { schema: ref(name) } } };
}

export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** One parameter for each field of a schema. */
export function parameters(place: 'query' | 'path', schema: z.ZodType): Json[] {
  const { properties = {} } = toJsonSchema(schema, 'output') as { properties?: Record<string, Json> };
  const { required = [] } = toJsonSchema(schema, 'input') as { required?: string[] };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    ...(description !== undefined && { description }),
    required: required.includes(name),
    ...(rest.type === 'array' && { explode: false }), // separated by commas
    schema: rest,
  }));
}

export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      // Clients must not break on a field that a later version adds.
      delete jsonSchema.additionalProperties;
    },
  });
  return json;
}

export function mapValues<T>(object: Record<string, T>, map: (value: T) => Json): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}
