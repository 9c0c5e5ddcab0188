import * as schemas from '../schemas.ts';
import {
  body,
  EVENTS,
  errors,
  failure,
  IF_MATCH,
  type Json,
  LAST_EVENT_ID,
  ok,
  parameters,
  tagged,
} from './parts.ts';

export function functionPaths(): Json {
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
          LAST_EVENT_ID,
        ],
        responses: {
          ...EVENTS,
          ...errors(400, 404, 503),
        },
      },
    },
  };
}
