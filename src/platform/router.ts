import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { sendJson } from '../support/json-response.ts';
import { sendFailure } from './failure-answer.ts';
import { RequestError } from './functions.ts';
import { type PlatformOptions, platformRoutes } from './routes.ts';

export type { PlatformOptions };

/**
 * Answers `/lambda…`, `/openapi.json`, and those calls below `/_lambdock/` that are described there. Every error is `{"error": message}`. Stores the runtime
 * catalogue when it is made.
 */
export function createPlatformRouter(
  options: PlatformOptions,
): (req: IncomingMessage, res: ServerResponse) => void {
  options.catalogue.setup();
  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple').set('case sensitive routing', true);
  const routes = platformRoutes(options);
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path);
    const express = app.route(path.replace(/\{(\w+)\}/, ':$1'));
    for (const { method, handle } of here) express[method](handle);
    express.all(otherMethod(here.map(({ method }) => method.toUpperCase())));
  }
  app.use((req) => {
    throw new RequestError(404, `nothing at ${req.path}; GET /openapi.json lists what there is`);
  });
  const onError: ErrorRequestHandler = (error, req, res, _next) => sendFailure(req, res, error, options);
  app.use(onError);
  return (req, res) => app(req, res);
}

/** A path that exists, but not for this method (RFC 9110, section 15.5.6). */
function otherMethod(methods: string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (req, res) => {
    res.setHeader('allow', allow);
    if (req.method === 'OPTIONS') return void res.writeHead(204).end();
    sendJson(res, 405, { error: `${req.path} takes ${methods.join(', ')}, not ${req.method}` });
  };
}
