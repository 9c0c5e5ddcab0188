import { cataloguePaths } from './catalogue.ts';
import { endpointPaths } from './endpoints.ts';
import { functionPaths } from './functions.ts';
import { lambdockPaths } from './lambdock.ts';
import { INPUTS, OUTPUTS } from './named-schemas.ts';
import { type Json, mapValues, toJsonSchema } from './parts.ts';

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
    paths: { ...cataloguePaths(), ...functionPaths(), ...lambdockPaths(), ...endpointPaths() },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Only where the daemon was given a token.' },
      },
      schemas: {
        ...mapValues(INPUTS, (schema) => toJsonSchema(schema, 'input')),
        ...mapValues(OUTPUTS, (schema) => toJsonSchema(schema, 'output')),
      },
    },
  };
}
