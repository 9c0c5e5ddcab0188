import { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express/lib/express.js';

/** Never routes: it holds the settings that Express's request and response look up. */
const app = express();
app.disable('x-powered-by');
// The daemon, or the ingress before a container, says in X-Forwarded-* who the client is.
app.set('trust proxy', 'loopback, linklocal, uniquelocal');

// Express swaps the prototypes of each request and response, which V8 punishes. Classes that have Express's
// prototypes in their chain from the start cost nothing.
export class FunctionRequest extends IncomingMessage {}
export class FunctionResponse extends ServerResponse {}
Object.setPrototypeOf(FunctionRequest.prototype, app.request);
Object.setPrototypeOf(FunctionResponse.prototype, app.response);

/** Gives a request and its response what an Express application and its router would have set. */
export function prepareExchange(request, response) {
  request.res = response;
  response.req = request;
  request.originalUrl = request.url;
  request.baseUrl = '';
  request.params = {};
  response.locals = Object.create(null);
  response.on('error', reportWriteError);
}

/** Writing after the end or to a closed connection is a slip in one answer: it must not end all the others. */
function reportWriteError(error) {
  console.error(error);
}
