import { describe, expect, it } from 'vitest';
import { nodeRuntime } from './node.ts';

/** Up to Node.js 22. */
describe('how an invocation ends', () => {
  it.each<[string, string, unknown]>([
    [
      'a callback',
      'exports.handler = (event, context, callback) => callback(null, { by: "callback" });',
      { by: 'callback' },
    ],
    ['a callback, later', 'exports.handler = (e, c, cb) => { setTimeout(() => cb(null, 1), 10); };', 1],
    ['context.succeed', 'exports.handler = (e, context) => context.succeed("s");', 's'],
    ['context.done', 'exports.handler = (e, context) => context.done(null, "d");', 'd'],
    ['a promise', 'exports.handler = (e) => Promise.resolve("p");', 'p'],
    ['nothing at all', 'exports.handler = (e) => "not looked at";', null],
    ['nothing to answer', 'exports.handler = async () => {};', null],
    [
      'a date',
      'exports.handler = async () => ({ at: new Date(0), left: undefined });',
      { at: '1970-01-01T00:00:00.000Z' },
    ],
    [
      'only the first of several',
      'exports.handler = (e, c, cb) => { cb(null, 1); cb(null, 2); c.succeed(3); };',
      1,
    ],
  ])('%s', async (_, code, answer) => {
    await using runtime = await nodeRuntime(code);
    const told = await runtime.api.invoke({});
    expect([told.kind, JSON.parse(told.text)]).toEqual(['response', answer]);
    expect(await runtime.result()).toEqual(answer);
  });

  it('a callback waits until nothing is left to do', async () => {
    await using runtime = await nodeRuntime(
      'let done = false; exports.handler = (e, c, cb) => { const a = { done }; setTimeout(() => { a.done = true; }, 50); cb(null, a); };',
    );
    expect(await runtime.result()).toEqual({ done: true });
  });

  it('a callback does not wait when told so', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; const a = { done: false }; setTimeout(() => { a.done = true; }, 50); cb(null, a); };',
    );
    expect(await runtime.result()).toEqual({ done: false });
  });

  it('a promise is answered while something is left to do', async () => {
    await using runtime = await nodeRuntime(
      'setInterval(() => {}, 1000); exports.handler = async () => "at once";',
    );
    expect(await runtime.result()).toBe('at once');
    expect(await runtime.result()).toBe('at once');
  });

  it.each<[string, string, object]>([
    [
      'a callback with an error',
      '(e, c, cb) => cb(new RangeError("r"))',
      { errorType: 'RangeError', errorMessage: 'r' },
    ],
    [
      'a callback with a text',
      '(e, c, cb) => cb("text")',
      { errorType: 'string', errorMessage: 'text', trace: [] },
    ],
    ['context.fail', '(e, c) => c.fail(new Error("f"))', { errorType: 'Error', errorMessage: 'f' }],
    [
      'context.fail without an error',
      '(e, c) => c.fail()',
      { errorType: 'string', errorMessage: 'handled', trace: [] },
    ],
    ['a thrown error', '() => { throw new Error("t"); }', { errorType: 'Error', errorMessage: 't' }],
    [
      'a thrown object',
      'async () => { throw { code: 1 }; }',
      { errorType: 'object', errorMessage: '[object Object]', trace: [] },
    ],
    [
      'an error like of another realm',
      'async () => { throw { name: "N", message: "m", stack: "N: m\\n    at x" }; }',
      { errorType: 'N', errorMessage: 'm', trace: ['N: m', '    at x'] },
    ],
    [
      'a class of error',
      'async () => { class My extends Error { constructor(m) { super(m); this.name = "My.Name"; } } throw new My("ü"); }',
      { errorType: 'My.Name', errorMessage: 'ü' },
    ],
    [
      'an answer that goes in circles',
      'async () => { const a = {}; a.a = a; return a; }',
      { errorType: 'Error', errorMessage: 'Unable to stringify response body' },
    ],
    [
      'an answer with a BigInt',
      'async () => 1n',
      { errorType: 'Error', errorMessage: 'Unable to stringify response body' },
    ],
    [
      'a promise that nobody settles',
      'async () => new Promise(() => {})',
      {
        errorType: 'Runtime.NodeJsExit',
        errorMessage: expect.stringContaining('a Promise that was never settled'),
      },
    ],
  ])('%s fails it', async (_, handler, error) => {
    await using runtime = await nodeRuntime(`exports.handler = ${handler};`);
    for (let round = 0; round < 2; round++) {
      const told = await runtime.api.invoke({});
      expect(told.kind).toBe('error');
      expect(JSON.parse(told.text)).toMatchObject(error);
    }
  });

  it('an exception that nobody catches fails it and ends the process', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = (e, c, cb) => {\n  setTimeout(() => { throw new TypeError("loose"); }, 1);\n};',
    );
    const told = await runtime.api.invoke({});
    expect(told.kind).toBe('error');
    expect(JSON.parse(told.text)).toMatchObject({ errorType: 'TypeError', errorMessage: 'loose' });
    expect(await runtime.exit()).toBe(129);
    expect(await runtime.output()).toContain(
      '\tERROR\tUncaught Exception \t{"errorType":"TypeError","errorMessage":"loose"',
    );
  });

  it('a rejection that nobody handles fails it and ends the process', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = (e, c, cb) => {\n  Promise.reject(new TypeError("loose"));\n};',
    );
    const told = await runtime.api.invoke({});
    expect(JSON.parse(told.text)).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'TypeError: loose',
    });
    expect(await runtime.exit()).toBe(128);
    expect(await runtime.output()).toContain(
      '\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection"',
    );
    expect(await runtime.output()).toContain(
      '"reason":{"errorType":"TypeError","errorMessage":"loose","stack":[',
    );
  });

  it('an exception between invocations is told of the last one', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async () => { setTimeout(() => { throw new Error("afterwards"); }, 50); };',
    );
    const first = await runtime.api.invoke({});
    const told = await runtime.api.told();
    expect([told.kind, told.requestId]).toEqual(['error', first.requestId]);
    expect(await runtime.exit()).toBe(129);
  });

  it('a handler with a callback is warned of Node.js 24', async () => {
    const code = 'exports.handler = (event, context, callback) => callback(null, 1);';
    await using runtime = await nodeRuntime(code);
    await runtime.api.invoke({});
    expect(await runtime.output()).toContain('\tWARN\tAWS Lambda plans to remove support for callback-based');
    await using quiet = await nodeRuntime(code, { env: { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: '1' } });
    await quiet.api.invoke({});
    expect(await quiet.output()).toBe('');
  });
});

describe('how an invocation ends in Node.js 24', () => {
  const node24 = { env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' } };

  it.each<[string, string, unknown]>([
    ['a promise', 'exports.handler = async (event, context) => "p";', 'p'],
    ['a value', 'exports.handler = () => ({ a: 1 });', { a: 1 }],
    ['nothing', 'exports.handler = () => {};', null],
    [
      'no callback',
      'exports.handler = async (event, context) => [typeof context.done, context.callbackWaitsForEmptyEventLoop ?? null];',
      ['undefined', null],
    ],
    ['an export of the default export', 'exports.default = { handler: async () => "default" };', 'default'],
  ])('%s', async (_, code, answer) => {
    await using runtime = await nodeRuntime(code, node24);
    expect(await runtime.result()).toEqual(answer);
    expect(await runtime.result()).toEqual(answer);
  });

  it('an error fails it', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async () => { throw new Error("e"); };',
      node24,
    );
    expect(await runtime.result()).toMatchObject({ errorType: 'Error', errorMessage: 'e' });
    expect(await runtime.result()).toMatchObject({ errorType: 'Error', errorMessage: 'e' });
  });

  it('a handler that takes a callback is refused', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = (event, context, callback) => callback();',
      node24,
    );
    const told = await runtime.api.told();
    expect(told.kind).toBe('init/error');
    expect(JSON.parse(told.text)).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage:
        'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    });
    expect(await runtime.exit()).toBe(129);
  });
});
