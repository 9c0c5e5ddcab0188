import * as activity from '../activity-schemas.ts';
import { EVENTS, errors, type Json, LAST_EVENT_ID, ok, parameters, ref } from './parts.ts';

export function lambdockPaths(): Json {
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
    '/_lambdock/journal': {
      get: {
        operationId: 'streamJournal',
        summary: 'What happens, as Server-Sent Events',
        description:
          'The data of an event is an entry, `{seq, time, type, …}`: a function was created, has reloaded, was asked, and so on. ' +
          'Requests to functions (`invocation`) are kept in memory only, the others across restarts. An event of type ' +
          '`dropped` tells how many entries a slow client has missed.',
        tags,
        parameters: [...parameters('query', activity.journalQuery), LAST_EVENT_ID],
        responses: { ...EVENTS, ...errors(400) },
      },
    },
    '/_lambdock/exchanges/{seq}': {
      get: {
        operationId: 'getExchange',
        summary: 'A request to a function’s endpoint, and its answer',
        description:
          'The newest are kept, in memory, with the first 64 KiB of each body. Where the daemon has a token, this call ' +
          'needs it also from the same machine.',
        tags,
        parameters: parameters('path', activity.seqParameter),
        responses: { ...ok('The request and its answer', 'Exchange'), ...errors(400, 404) },
      },
    },
  };
}
