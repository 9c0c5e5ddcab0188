import { whenIdle } from './before-exit.mjs';

/**
 * The callback and the members of the context with which handlers end their invocation, up to Node.js 22:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 *
 * The first call counts. A callback's result is only sent when nothing is left to do, unless
 * `callbackWaitsForEmptyEventLoop` is false; errors, and results of async handlers, at once.
 */
export function endings({ succeed, fail }) {
  let waits = true;
  let ended = false;

  const once =
    (ending) =>
    (...values) => {
      if (ended) return;
      ending(...values);
      ended = true;
    };
  const isError = (error) => error !== undefined && error !== null;

  const done = (error, result) => {
    whenIdle.reset();
    if (isError(error)) fail(error);
    else succeed(result);
  };

  const callback = (error, result) => {
    whenIdle.reset();
    if (isError(error)) fail(error);
    else if (!waits) succeed(result);
    else whenIdle.set(() => setImmediate(() => succeed(result)));
  };

  return {
    callback: once(callback),
    context: {
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = value;
      },
      succeed: once((result) => done(null, result)),
      fail: once((error) => (isError(error) ? done(error) : done('handled'))),
      done: once(done),
    },
  };
}
