import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/patience.ts';
import { RuntimeFixture } from '../support/runtime-fixture.ts';

let fixture: RuntimeFixture;

beforeAll(async () => {
  fixture = await RuntimeFixture.create();
});

afterAll(() => fixture[Symbol.asyncDispose]());

const start = (files: Record<string, string>) => fixture.start('node', files);
const failureOf = (files: Record<string, string>) => fixture.failureOf('node', files);
const only = (code: string) => ({ 'handler.mjs': code });

describe('request bodies', () => {
  const post = (body: string, type: string) => ({ method: 'POST', body, headers: { 'content-type': type } });

  test('JSON, forms and text are parsed before the handler is called', async () => {
    await using server = await start(
      only('export default (req, res) => res.json({ body: req.body ?? null })'),
    );
    const parsed = async (init: RequestInit) => (await server.json('/', init)).body;
    expect(await parsed(post('{"a":[1]}', 'application/json'))).toEqual({ a: [1] });
    expect(await parsed(post('a=1&b=x+y', 'application/x-www-form-urlencoded'))).toEqual({
      a: '1',
      b: 'x y',
    });
    expect(await parsed(post('žluť', 'text/plain; charset=utf-8'))).toBe('žluť');
    expect(await parsed(post('', 'application/json'))).toBeNull();
    expect(await parsed(post('x', 'application/octet-stream'))).toBeNull();
    expect(await parsed(post('x'.repeat(6 * 1024 * 1024 + 1), 'text/plain'))).toBeNull();
  });

  test('malformed JSON is a 400 in the contract’s shape', async () => {
    await using server = await start(only('export default (req, res) => res.json(1)'));
    const response = await server.fetch('/', post('{"a":', 'application/json'));
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/^\{"error":"the request body is invalid: /);
  });

  test('a parsed body can still be read by listeners set later and by iteration', async () => {
    await using server = await start(
      only(`export default async (req, res) => {
        await new Promise((go) => setTimeout(go, 20));
        if (req.query.iterate) { let all = ''; for await (const chunk of req) all += chunk; return res.send(all); }
        let all = '';
        req.on('data', (chunk) => { all += chunk; }).on('end', () => res.send(all));
      }`),
    );
    for (const path of ['/', '/?iterate=1'])
      expect(await (await server.fetch(path, post('{"a":1}', 'application/json'))).text()).toBe('{"a":1}');
  });
});

describe('modules', () => {
  test('CommonJS and the extensions .cjs and .js work', async () => {
    const files = [
      { 'handler.cjs': 'module.exports = (req, res) => res.send(__filename)' },
      { 'handler.js': 'exports.default = (req, res) => res.send(__filename)' },
      { 'handler.js': 'export default (req, res) => res.send(import.meta.filename)' },
    ];
    for (const one of files) {
      await using server = await start(one);
      expect(await (await server.fetch('/')).text()).toContain(Object.keys(one)[0]);
    }
  });

  test('the working folder is the function’s and the port is in the environment', async () => {
    await using server = await start({
      'handler.mjs': `import { readFileSync } from 'node:fs';
        export default (req, res) => res.send(readFileSync('data.txt', 'utf8') + process.env.PORT)`,
      'data.txt': 'data ',
    });
    expect(await (await server.fetch('/')).text()).toBe(`data ${server.port}`);
  });

  test('a syntax error in an imported file is found there', async () => {
    const error = await failureOf({
      'handler.mjs': `import { a } from './lib/a.mjs';\nexport default (req, res) => res.send(a)`,
      'lib/a.mjs': `export * from './b.mjs';\n`,
      'lib/b.mjs': `export const a = 1;\n  const b = ];\n`,
    });
    expect(error).toMatchObject({ name: 'SyntaxError', file: 'lib/b.mjs', line: 2, column: 13 });
    expect(error.stack).toContain('const b = ];');
  });

  test('code that ends too early is placed at its end', async () => {
    const error = await failureOf(only('export default () => {\n  if (1) {\n}\n'));
    expect(error).toMatchObject({ message: 'Unexpected end of input', file: 'handler.mjs', line: 4 });
  });

  test('an import that the other file does not export is placed', async () => {
    const error = await failureOf({
      'handler.mjs': `import { nope } from './a.mjs';\nexport default () => nope`,
      'a.mjs': 'export const a = 1;',
    });
    expect(error).toMatchObject({ file: 'handler.mjs', line: 1, column: 10 });
    expect(error.message).toContain("does not provide an export named 'nope'");
  });

  test('a missing package is named with what to type', async () => {
    const code = `import 'node:fs';\nimport x from 'left-pad-of-mine/sub';\nexport default () => x`;
    const unlisted = await failureOf(only(code));
    expect(unlisted).toMatchObject({ name: 'ModuleNotFoundError', file: 'handler.mjs', line: 2 });
    expect(unlisted.message).toMatch(/'left-pad-of-mine'.*Run `npm install left-pad-of-mine` in \//);
    const dependencies = JSON.stringify({ dependencies: { 'left-pad-of-mine': '1' } });
    const listed = await failureOf({ ...only(code), 'package.json': dependencies });
    expect(listed.message).toMatch(/Run `npm install` in \//);
    const inline = await fixture.failureOf('node', only(code), true);
    expect(inline).toMatchObject({ file: 'handler.mjs', line: 2 });
    expect(inline.message).toMatch(
      /^Cannot find package 'left-pad-of-mine'\. Code sent to the API can't have/,
    );
  });

  test('a missing file is named relative to the function', async () => {
    const error = await failureOf(only(`\nimport './lib/gone.mjs';\nexport default () => 1`));
    expect(error).toMatchObject({ file: 'handler.mjs', line: 2 });
    expect(error.message).toBe("Cannot find module 'lib/gone.mjs' imported from handler.mjs");
  });

  test('what throws at the top level fails with the user’s frames only', async () => {
    const error = await failureOf(only(`function inner() {\n  null.x;\n}\ninner();\nexport default () => 1`));
    expect(error).toMatchObject({ name: 'TypeError', file: 'handler.mjs', line: 2, column: 8 });
    expect(error.stack!.split('\n')).toHaveLength(3);
  });

  test('a default export that is no function is described', async () => {
    const error = await failureOf(only('export default [1]'));
    expect(error.message).toMatch(/^the default export of handler\.mjs is an array, not a function: write /);
  });
});

describe('errors nobody catches', () => {
  test.each([
    ['an exception', `setTimeout(() => { throw new Error('late') })`],
    ['a rejection', `setTimeout(() => { Promise.reject(new Error('late')) })`],
  ])('%s is told and ends the process', async (_what, code) => {
    await using server = await start(only(`export default (req, res) => { ${code} }`));
    server.fetch('/').catch(() => {}); // is cut off
    const { error } = await server.next('error');
    expect(error).toMatchObject({ name: 'Error', message: 'late', file: 'handler.mjs', line: 1 });
    expect((await server.exited).code).toBe(1);
    expect(server.stderr.join('\n')).toContain('Error: late');
  });

  test('a rejected handler is a 500, and writing after the end harms nobody', async () => {
    await using server = await start(
      only(`export default async (req, res) => {
        if (req.path === '/reject') throw 'a text';
        res.end('ok');
        res.write('more');
      }`),
    );
    const rejected = await server.fetch('/reject');
    expect(rejected.status).toBe(500);
    expect(await rejected.json()).toMatchObject({ error: 'Error: a text' });
    expect(await (await server.fetch('/late')).text()).toBe('ok');
    expect(await (await server.fetch('/late')).text()).toBe('ok');
  });
});

test('a module that exports `upgrade` handles web sockets', async () => {
  await using server = await start(
    only(`export default (req, res) => res.send('http');
      export function upgrade(req, socket, head) {
        socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n');
        socket.pipe(socket);
      }`),
  );
  let answer = '';
  const socket = connect(server.port, '127.0.0.1');
  socket.on('data', (data) => {
    answer += data;
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  await eventually(() => answer.includes('101 Switching'));
  socket.write('hello');
  await eventually(() => answer.endsWith('hello'));
  socket.resetAndDestroy();
  expect(await (await server.fetch('/')).text()).toBe('http');
});

describe('TypeScript', () => {
  test('types, JSON, other files and packages work, and each file knows its place', async () => {
    await using server = await start({
      'handler.ts': `import type { Request, Response } from 'express';
        import { join } from 'node:path';
        import pkg from 'some-pkg';
        import { place } from './lib/place.js';
        import data from './data.json';
        enum Colour { Red = 'red' }
        export default async function handler(req: Request, res: Response): Promise<void> {
          res.json({ colour: Colour.Red, pkg, data, place, here: [import.meta.url, __dirname, import.meta.filename] });
        }`,
      'lib/place.ts': `export const place: string = import.meta.dirname;`,
      'data.json': '{"a":1}',
      'node_modules/some-pkg/package.json': '{"name":"some-pkg","type":"module","exports":"./main.js"}',
      'node_modules/some-pkg/main.js': 'export default import.meta.url',
    });
    const result = await server.json<{ pkg: string; place: string; here: string[] }>('/');
    expect(result).toMatchObject({ colour: 'red', data: { a: 1 } });
    expect(result.pkg).toMatch(/^file:.*\/node_modules\/some-pkg\/main\.js$/);
    const [url, folder, filename] = result.here as [string, string, string];
    expect(url).toBe(`file://${filename}`);
    expect(filename).toBe(join(folder, 'handler.ts'));
    expect(result.place).toBe(join(folder, 'lib'));
  });

  test('stacks name the lines of the source', async () => {
    await using server = await start({
      'handler.ts': `import { fail } from './fail.ts';
interface Unused { a: string }

export default function handler() {
  fail(import.meta.url);
}`,
      'fail.ts': `type A = {\n  b: string;\n};\n\nexport function fail(a: string): never {\n  throw new Error('mapped');\n}`,
    });
    const { error, stack } = await server.json('/');
    expect(error).toBe('Error: mapped (fail.ts:6)');
    expect(stack).toMatch(/fail\.ts:6:9/);
    expect(stack).toMatch(/handler\.ts:5:3/);
    expect(stack).not.toContain('.mjs');
  });

  test('a syntax error has its place and a code frame', async () => {
    const error = await failureOf({ 'handler.ts': `const a: number = 1;\nconst ž = (1 + ;\n` });
    expect(error).toMatchObject({ name: 'SyntaxError', file: 'handler.ts', line: 2, column: 16 });
    expect(error.stack).toContain('const ž = (1 + ;');
  });

  test('a missing package and a missing file are placed', async () => {
    const missing = await failureOf({
      'handler.ts': `\nimport x from '@scope/gone/sub';\nexport default x;`,
    });
    expect(missing).toMatchObject({ name: 'ModuleNotFoundError', file: 'handler.ts', line: 2 });
    expect(missing.message).toMatch(/'@scope\/gone'. Run `npm install @scope\/gone` in \//);
    const file = await failureOf({ 'handler.ts': `import './gone';\nexport default 1;` });
    expect(file).toMatchObject({
      name: 'ModuleNotFoundError',
      message: 'Could not resolve "./gone"',
      line: 1,
    });
  });

  test('an error while the module loads is mapped too', async () => {
    const error = await failureOf({
      'handler.mts': `type X = 1;\nexport default (undefined as any).handler;`,
    });
    expect(error).toMatchObject({ name: 'TypeError', file: 'handler.mts', line: 2 });
  });
});
