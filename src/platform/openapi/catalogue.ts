import { errors, type Json, ok } from './parts.ts';

export function cataloguePaths(): Json {
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
