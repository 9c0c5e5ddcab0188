import * as z from 'zod';
import * as schemas from './schemas.ts';

type Json = Record<string, unknown>;

/** Schemas under the names by which the document refers to them. Input ones tell what is accepted, others what is sent. */
const INPUTS = {
  CreateFunction: schemas.createBody,
  UpdateFunction: schemas.updateBody,
  Link: schemas.linkBody,
};
const OUTPUTS = {
  Function: schemas.fullFunction,
  ListedFunction: schemas.listedFunction,
  FunctionList: schemas.functionList,
  FunctionStatus: schemas.functionStatus,
  FunctionTraffic: schemas.functionTraffic,
  Runtime: schemas.runtimeDocument,
  RuntimeList: schemas.runtimeList,
  Default: schemas.defaultDocument,
  Setup: schemas.setupAnswer,
  LinkedFunction: schemas.linkedFunction,
  Error: schemas.errorAnswer,
  EndpointError: schemas.endpointError,
};

type SchemaName = keyof typeof INPUTS | keyof typeof OUTPUTS;

const ENDPOINT_METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** The OpenAPI 3.1 document of the platform API. */
export function describeApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'lambdock platform API',
      version,
      description: 'Functions from source to a live endpoint. Every error is `{"error": "<message>"}`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'functions' }, { name: 'catalogue' }, { name: 'endpoints' }, { name: 'lambdock' }],
    security: [{}, { token: [] }],
    paths: { ...cataloguePaths(), ...functionPaths(), ...ownPaths(), ...endpointPaths() },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Only where the daemon was given a token.' },
      },
      schemas: {
        ...mapValues(INPUTS, (schema) => toJsonSchema(schema, 'input')),
        ...mapValues(OUTPUTS, (schema) => toJsonSchema(schema, 'output')),
        FunctionId: toJsonSchema(schemas.functionId, 'output'),
      },
    },
  };
}

function cataloguePaths(): Json {
  const tags = ['catalogue'];
  return {
    '/lambda/setup': {
      get: {
        operationId: 'setup',
        summary: 'Store the default and the runtime catalogue',
        description: 'Done by itself at the first start, and safe to repeat.',
        tags,
        responses: { ...ok('What is stored', 'Setup'), ...errors(503) },
      },
    },
    '/lambda/runtimes': {
      get: {
        operationId: 'listRuntimes',
        summary: 'The languages and versions that functions can be written in',
        tags,
        responses: { ...ok('The catalogue', 'RuntimeList'), ...errors() },
      },
    },
    '/lambda/default': {
      get: {
        operationId: 'getDefault',
        summary: 'What to propose for a new function',
        tags,
        responses: { ...ok('A runtime with its default code', 'Default'), ...errors(503) },
      },
    },
  };
}

function functionPaths(): Json {
  const tags = ['functions'];
  return {
    '/lambda': {
      get: {
        operationId: 'getFunction',
        summary: 'One function with its code',
        tags,
        parameters: parameters('query', schemas.idQuery),
        responses: { ...tagged(ok('The function', 'Function')), ...errors(400, 404, 409) },
      },
      post: {
        operationId: 'createFunction',
        summary: 'Create and deploy a function',
        description: 'A title and code are required, each under its name or its alias.',
        tags,
        requestBody: body('CreateFunction', {
          title: 'hello',
          runtime: 'node',
          version: '20',
          code: 'export default (req, res) => res.json({ hello: req.query.name });\n',
        }),
        responses: {
          ...tagged(ok('The id of the new function', 'FunctionId')),
          ...errors(400, 413, 503, 507),
        },
      },
      patch: {
        operationId: 'updateFunction',
        summary: 'Change a function; other code replaces the running one without a failed request',
        description: 'At least one field beside the id is required.',
        tags,
        parameters: [IF_MATCH],
        requestBody: body('UpdateFunction', {
          id: '65f1d7c2a1b2c3d4e5f60718',
          code: 'export default (req, res) => res.send("changed");\n',
        }),
        responses: {
          ...tagged(ok('The id', 'FunctionId')),
          ...errors(400, 404, 409, 413, 503, 507),
          ...tagged({ 412: failure('The function was changed meanwhile; nothing is changed', 'Error') }),
        },
      },
      delete: {
        operationId: 'deleteFunction',
        summary: 'Delete a function; its endpoint is gone when the answer comes',
        tags,
        parameters: parameters('query', schemas.idQuery),
        responses: { ...ok('The id', 'FunctionId'), ...errors(400, 404) },
      },
    },
    '/lambda/list': {
      get: {
        operationId: 'listFunctions',
        summary: 'Functions that are not deleted, page by page',
        tags,
        parameters: parameters('query', schemas.listQuery),
        responses: { ...ok('A page', 'FunctionList'), ...errors(400) },
      },
    },
    '/lambda/{id}/restore': {
      post: {
        operationId: 'restoreFunction',
        summary: 'Undo the deletion of a function',
        description: 'It runs again with the code it had. Nothing happens to one that is not deleted.',
        tags,
        parameters: parameters('path', schemas.idQuery),
        responses: { ...ok('The id', 'FunctionId'), ...errors(400, 404, 409, 503, 507) },
      },
    },
    '/lambda/{id}/status': {
      get: {
        operationId: 'getStatus',
        summary: 'How a function is doing',
        tags,
        parameters: parameters('path', schemas.idQuery),
        responses: {
          ...ok('State, replicas, last reload and last error', 'FunctionStatus'),
          ...errors(400, 404),
        },
      },
    },
    '/lambda/{id}/traffic': {
      get: {
        operationId: 'getTraffic',
        summary: 'Requests of the last ten minutes, counted in parts of ten seconds',
        tags,
        parameters: parameters('path', schemas.idQuery),
        responses: { ...ok('The counts', 'FunctionTraffic'), ...errors(400, 404) },
      },
    },
    '/lambda/{id}/logs': {
      get: {
        operationId: 'streamLogs',
        summary: 'What a function writes, as Server-Sent Events',
        description:
          'The data of an event is a line: `{seq, time, workload, stream, text}`. An event of type `dropped` tells how many ' +
          'lines a slow client has missed.',
        tags,
        parameters: [
          ...parameters('path', schemas.idQuery),
          ...parameters('query', schemas.logsQuery),
          {
            name: 'Last-Event-ID',
            in: 'header',
            description: 'Sent by a browser that reconnects: the same as `since`.',
            schema: { type: 'string' },
          },
        ],
        responses: {
          200: {
            description: 'The stream',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...errors(400, 404, 503),
        },
      },
    },
  };
}

function ownPaths(): Json {
  const tags = ['lambdock'];
  return {
    '/openapi.json': {
      get: {
        operationId: 'describeApi',
        summary: 'This document',
        tags,
        responses: {
          200: {
            description: 'OpenAPI 3.1',
            content: { 'application/json': { schema: { type: 'object' } } },
          },
          ...errors(),
        },
      },
    },
    '/_lambdock/link': {
      post: {
        operationId: 'link',
        summary: 'Run a function from a file or folder of this machine, and reload it when that changes',
        description: 'The same path gives the same function.',
        tags,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: ref('Link'), example: { path: '/home/me/hello' } } },
        },
        responses: { ...ok('The function', 'LinkedFunction'), ...errors(400, 413, 507) },
      },
    },
  };
}

function endpointPaths(): Json {
  const rest = { name: 'rest', in: 'path', required: true, schema: { type: 'string' } };
  return {
    '/endpoint/{id}': endpoint('call', []),
    '/endpoint/{id}/{rest}': endpoint('callBelow', [rest]),
  };
}

function endpoint(name: string, more: Json[]): Json {
  const operations = ENDPOINT_METHODS.map((method) => [
    method,
    {
      operationId: `${name}${method[0]!.toUpperCase()}${method.slice(1)}`,
      summary: 'Call the function',
      tags: ['endpoints'],
      responses: {
        default: { description: 'The function’s own answer' },
        404: failure('There is no such function', 'EndpointError'),
        502: failure('The code does not load or ended; the error is the function’s own', 'EndpointError'),
        503: {
          ...failure('None is ready yet', 'EndpointError'),
          headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
        },
        504: failure('The function did not answer in time', 'EndpointError'),
      },
    },
  ]);
  return { parameters: [...parameters('path', schemas.idQuery), ...more], ...Object.fromEntries(operations) };
}

function body(name: SchemaName, example: Json): Json {
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

function ok(description: string, name: SchemaName | 'FunctionId'): Json {
  return { 200: { description, content: { 'application/json': { schema: ref(name) } } } };
}

/** An answer that tells the function's revision. */
function tagged(answer: Json): Json {
  const headers = {
    ETag: {
      description: 'The revision; missing where a linked file can’t be read',
      schema: { type: 'string' },
    },
  };
  return mapValues(answer, (one) => ({ ...(one as Json), headers }));
}

const IF_MATCH: Json = {
  name: 'If-Match',
  in: 'header',
  description: 'Change it only if it has one of these revisions: ETags, or `*` (RFC 9110, section 13.1.1).',
  schema: { type: 'string' },
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
function errors(...statuses: (keyof typeof ERRORS)[]): Json {
  const own = statuses.map((status) => [status, failure(ERRORS[status], 'Error')]);
  return { ...Object.fromEntries(own), 500: failure('An error of lambdock’s', 'Error') };
}

function failure(description: string, name: SchemaName): Json {
  return { description, content: { 'application/json': { schema: ref(name) } } };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** One parameter for each field of a schema. */
function parameters(place: 'query' | 'path', schema: z.ZodType): Json[] {
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

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      // Clients must not break on a field that a later version adds.
      delete jsonSchema.additionalProperties;
    },
  });
  return json;
}

function mapValues<T>(object: Record<string, T>, map: (value: T) => Json): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}
