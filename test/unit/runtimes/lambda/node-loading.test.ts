import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from './node.ts';

const COMMONJS = 'exports.handler = async () => "commonjs";';
const NO_EXPORT = "The requested module 'node:fs' does not provide an export named 'nothing'";
const MODULE = 'export const handler = async () => `module ${typeof require}`;';

describe('what a handler is loaded from', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['a CommonJS file', 'index.handler', { 'index.js': COMMONJS }, 'commonjs'],
    ['a .cjs file', 'index.handler', { 'index.cjs': COMMONJS }, 'commonjs'],
    ['an .mjs file', 'index.handler', { 'index.mjs': MODULE }, 'module undefined'],
    [
      'a .js file of a package with type module',
      'index.handler',
      { 'index.js': MODULE, 'package.json': '{"type":"module"}' },
      'module undefined',
    ],
    [
      'a .js file below a package with type module',
      'src/app.handler',
      { 'src/app.js': MODULE, 'package.json': '{"type":"module"}' },
      'module undefined',
    ],
    ['a nested folder', 'src/deep/app.handler', { 'src/deep/app.js': COMMONJS }, 'commonjs'],
    [
      'nested exports',
      'index.a.b.c',
      { 'index.js': 'exports.a = { b: { c: async () => "deep" } };' },
      'deep',
    ],
    ['a folder with an index', 'app.handler', { 'app/index.js': COMMONJS }, 'commonjs'],
    ['a package', 'lib.handler', { 'node_modules/lib/index.js': COMMONJS }, 'commonjs'],
  ])('%s', async (_, handler, files, answer) => {
    await using runtime = await nodeRuntime(files, { handler });
    expect(await runtime.result()).toBe(answer);
  });

  it('may be a module that awaits at its top', async () => {
    await using runtime = await nodeRuntime({
      'index.mjs':
        'const answer = await Promise.resolve("late");\nexport const handler = async () => answer;',
    });
    expect(await runtime.result()).toBe('late');
  });
});

describe('what can not be loaded', () => {
  const failure = async (files: Record<string, string>, handler = 'index.handler') => {
    await using runtime = await nodeRuntime(files, { handler });
    const told = await runtime.api.told();
    expect(told.kind).toBe('init/error');
    expect(await runtime.exit()).toBe(129);
    return JSON.parse(told.text);
  };

  it.each([
    ['no dot', 'index', 'Bad handler'],
    [
      'a way up',
      '../index.handler',
      "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    ],
  ])('a handler with %s', async (_, handler, message) => {
    expect(await failure({ 'index.js': COMMONJS }, handler)).toMatchObject({
      errorType: 'Runtime.MalformedHandlerName',
      errorMessage: message,
    });
  });

  it.each([
    ['exports.other = 1', 'index.handler is undefined or not exported'],
    ['exports.handler = 1', 'index.handler is not a function'],
  ])('%s', async (code, message) => {
    expect(await failure({ 'index.js': code })).toMatchObject({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: message,
      trace: expect.arrayContaining([`Runtime.HandlerNotFound: ${message}`]),
    });
  });

  it('a package that is missing', async () => {
    const { trace, ...rest } = await failure({ 'index.js': '\nrequire("nowhere");' });
    expect(rest).toEqual({
      errorType: 'Runtime.ImportModuleError',
      errorMessage:
        "Error: Cannot find module 'nowhere'\nRequire stack:\n- /var/task/index.js\n- /var/runtime/index.mjs",
    });
    expect(trace[0]).toBe("Runtime.ImportModuleError: Error: Cannot find module 'nowhere'");
  });

  it('a package that a module misses', async () => {
    expect(await failure({ 'index.mjs': 'import "nowhere";' })).toMatchObject({
      errorType: 'Error',
      errorMessage: "Cannot find package 'nowhere' imported from /var/task/index.mjs",
    });
  });

  it.each([
    ['index.js', 'exports.handler = async () => {\n  const a = ;\n};', "Unexpected token ';'"],
    ['index.mjs', 'export const handler = async () => {\n  const a = ;\n};', "Unexpected token ';'"],
    ['index.js', '\nimport fs from "node:fs";', 'Cannot use import statement outside a module'],
    ['index.mjs', 'import "node:fs";\nimport { nothing } from "node:fs";', NO_EXPORT],
  ])('a syntax error in %s, which is told with its line', async (file, code, message) => {
    const { errorType, errorMessage, trace } = await failure({ [file]: code });
    expect({ errorType, errorMessage }).toEqual({
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: `SyntaxError: ${message}`,
    });
    expect(trace.slice(0, 3)).toEqual([
      `Runtime.UserCodeSyntaxError: SyntaxError: ${message}`,
      `    at /var/task/${file}:2`,
      expect.stringMatching(/at _loadUserApp \(file:\/\/\/var\/runtime\/index\.mjs:/),
    ]);
  });

  it('a syntax error in a module that a module imports', async () => {
    const files = {
      'index.mjs': 'import "./lib/a.mjs";',
      'lib/a.mjs': 'import "./b.mjs";',
      'lib/b.mjs': '\n\n}',
    };
    expect((await failure(files)).trace[1]).toBe('    at /var/task/lib/b.mjs:3');
  });

  it('an error that the code throws', async () => {
    const { errorType, errorMessage, trace } = await failure({ 'index.js': '\nnull.x;' });
    expect({ errorType, errorMessage }).toEqual({
      errorType: 'TypeError',
      errorMessage: "Cannot read properties of null (reading 'x')",
    });
    expect(trace[1]).toBe('    at Object.<anonymous> (/var/task/index.js:2:6)');
  });
});

describe('packages that lie elsewhere', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'lambda-sdk-'));
    const sdk = join(root, 'sdk/node_modules/@aws-sdk/client-x');
    mkdirSync(join(sdk, 'dist-es'), { recursive: true });
    writeFileSync(
      join(sdk, 'package.json'),
      JSON.stringify({ exports: { '.': { import: './dist-es/index.mjs', require: './index.cjs' } } }),
    );
    writeFileSync(join(sdk, 'index.cjs'), 'exports.kind = "required";');
    writeFileSync(join(sdk, 'dist-es/index.mjs'), 'export const kind = "imported";');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    [
      'index.js',
      'const { kind } = require("@aws-sdk/client-x"); exports.handler = async () => kind;',
      'required',
    ],
    [
      'index.mjs',
      'import { kind } from "@aws-sdk/client-x"; export const handler = async () => kind;',
      'imported',
    ],
    ['index.mjs', 'export const handler = async () => (await import("@aws-sdk/client-x")).kind;', 'imported'],
  ])('are found by %s in a folder of NODE_PATH', async (file, code, kind) => {
    const env = { NODE_PATH: `/nowhere/node_modules:${join(root, 'sdk/node_modules')}` };
    await using runtime = await nodeRuntime({ [file]: code }, { env });
    expect(await runtime.result()).toBe(kind);
    await using standby = await nodeRuntime({ [file]: code }, { env, standby: true });
    expect(await standby.result()).toBe(kind);
  });

  it.each([
    ['index.js', 'const { STSClient } = require("@aws-sdk/client-sts");', 'exports.handler ='],
    ['index.mjs', 'import { STSClient } from "@aws-sdk/client-sts";', 'export const handler ='],
  ])('may be the AWS SDK (%s)', async (file, imports, exports) => {
    const code = `${imports} ${exports} async () => (await new STSClient({ region: 'eu-west-1' }).config.region());`;
    await using runtime = await nodeRuntime(
      { [file]: code },
      { env: { NODE_PATH: join(import.meta.dirname, '../../../../node_modules') } },
    );
    expect(await runtime.result()).toBe('eu-west-1');
  });

  it.each([
    ['index.js', 'require("@aws-sdk/client-nothing/x");'],
    ['index.mjs', 'import "@aws-sdk/client-nothing";'],
  ])('are advised about when AWS would have them (%s)', async (file, code) => {
    await using runtime = await nodeRuntime({ [file]: code });
    expect(await runtime.exit()).toBe(129);
    expect(await runtime.output()).toMatch(
      /\tWARN\tOn AWS @aws-sdk\/client-nothing is part of the runtime\. .*npm install @aws-sdk\/client-nothing"/,
    );
  });

  it('are shadowed by what the code brings', async () => {
    await using runtime = await nodeRuntime(
      {
        'index.mjs': 'import { kind } from "@aws-sdk/client-x"; export const handler = async () => kind;',
        'node_modules/@aws-sdk/client-x/package.json': '{"type":"module","main":"own.js"}',
        'node_modules/@aws-sdk/client-x/own.js': 'export const kind = "own";',
      },
      { env: { NODE_PATH: join(root, 'sdk/node_modules') } },
    );
    expect(await runtime.result()).toBe('own');
  });
});
