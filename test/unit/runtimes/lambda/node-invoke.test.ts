import { describe, expect, it } from 'vitest';
import { nodeRuntime } from './node.ts';

describe('a Node.js handler', () => {
  it('answers events, one after the other, over one connection', async () => {
    await using runtime = await nodeRuntime('exports.handler = async (event) => ({ got: event.n, ü: "ß" });');
    expect((await runtime.api.invoke({ n: 1 })).text).toBe('{"got":1,"ü":"ß"}');
    expect(await runtime.result({ n: 2 })).toEqual({ got: 2, ü: 'ß' });
    expect(runtime.api.connections).toBe(1);
  });

  it('fails with type, message and stack of its error', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async () => {\n  throw new TypeError("no good");\n};',
    );
    const told = await runtime.api.invoke({});
    expect(told.kind).toBe('error');
    expect(told.headers['lambda-runtime-function-error-type']).toBe('TypeError');
    const { trace, ...rest } = JSON.parse(told.text);
    expect(rest).toEqual({ errorType: 'TypeError', errorMessage: 'no good' });
    expect(trace.slice(0, 2)).toEqual([
      'TypeError: no good',
      '    at exports.handler (/var/task/index.js:2:9)',
    ]);
    expect(await runtime.output()).toMatch(
      /^\S+Z\tid-[\d.]+\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"no good","stack":\["TypeError: no good","/,
    );
  });

  it('tells that its module is missing, and ends', async () => {
    await using runtime = await nodeRuntime({});
    const told = await runtime.api.told();
    expect(told.kind).toBe('init/error');
    expect(told.headers['lambda-runtime-function-error-type']).toBe('Runtime.ImportModuleError');
    const { trace, ...rest } = JSON.parse(told.text);
    expect(rest).toEqual({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'index'\nRequire stack:\n- /var/runtime/index.mjs",
    });
    expect(trace.slice(0, 4)).toEqual([
      "Runtime.ImportModuleError: Error: Cannot find module 'index'",
      'Require stack:',
      '- /var/runtime/index.mjs',
      expect.stringMatching(/^ {4}at _loadUserApp \(file:\/\/\/var\/runtime\/index\.mjs:\d+:\d+\)$/),
    ]);
    expect(await runtime.exit()).toBe(129);
    expect(await runtime.output()).toMatch(
      /^\S+Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.ImportModuleError","errorMessage":/,
    );
  });
});
