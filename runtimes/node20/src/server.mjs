import { createServer } from 'node:http';
import { readBody, wantsParsedBody } from './body.mjs';
import { FunctionRequest, FunctionResponse, prepareExchange } from './express.mjs';
import { answerError } from './request-error.mjs';

/** Longer than any client of ours keeps an idle connection, so that it is never the server who closes one. */
const KEEP_ALIVE_MS = 10 * 60_000;
const MAX_HEADER_BYTES = 64 * 1024;
const DRAIN_POLL_MS = 10;

/** An HTTP server that holds requests until it has a handler to give them to. */
export class FunctionServer {
  #http = createServer(
    {
      IncomingMessage: FunctionRequest,
      ServerResponse: FunctionResponse,
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    (request, response) => this.#receive(request, response),
  );
  #handler;
  #directory = process.cwd();
  #held = [];

  /** Listens, and resolves to the port, which user code finds in `process.env.PORT`. */
  listen(port, host) {
    this.#http.maxHeadersCount = 0; // by size alone: above a number Node drops them in silence
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, host, () => {
        const { port: actual } = this.#http.address();
        process.env.PORT = String(actual);
        resolve(actual);
      });
    });
  }

  /**
   * Serves from here on, first what was held.
   * @param {{ handler: Function, upgrade?: Function }} loaded
   */
  serve(loaded, directory) {
    this.#handler = loaded.handler;
    this.#directory = directory;
    if (loaded.upgrade) this.#http.on('upgrade', guardUpgrade(loaded.upgrade));
    for (const [request, response] of this.#held.splice(0)) this.#receive(request, response);
  }

  /** Stops accepting and resolves when the last answer is out. */
  close() {
    return new Promise((resolve) => {
      // A connection that falls idle after `close` would otherwise stay open until its keep-alive time is over.
      const poll = setInterval(() => this.#http.closeIdleConnections(), DRAIN_POLL_MS);
      this.#http.close(() => {
        clearInterval(poll);
        resolve();
      });
    });
  }

  #receive(request, response) {
    if (!this.#handler) return void this.#held.push([request, response]);
    prepareExchange(request, response);
    if (wantsParsedBody(request)) readBody(request, response, () => this.#call(request, response));
    else this.#call(request, response);
  }

  #call(request, response) {
    const handler = this.#handler; // called without a receiver, as any function of a module
    try {
      const result = handler(request, response);
      if (typeof result?.then === 'function')
        result.then(undefined, (error) => answerError(error, response, this.#directory));
    } catch (error) {
      answerError(error, response, this.#directory);
    }
  }
}

/** Calls the handler module's `upgrade(req, socket, head)`; a failure ends the one connection. */
function guardUpgrade(upgrade) {
  const fail = (error, socket) => {
    console.error(error);
    socket.destroy();
  };
  return (request, socket, head) => {
    // A peer that vanishes must not end the process: http takes its own listener off before it hands the socket over.
    socket.on('error', () => socket.destroy());
    try {
      const result = upgrade(request, socket, head);
      if (typeof result?.then === 'function') result.then(undefined, (error) => fail(error, socket));
    } catch (error) {
      fail(error, socket);
    }
  };
}
