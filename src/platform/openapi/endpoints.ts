import * as schemas from '../schemas.ts';
import { failure, type Json, parameters } from './parts.ts';

const ENDPOINT_METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

export function endpointPaths(): Json {
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
