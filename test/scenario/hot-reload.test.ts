import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';

let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});
afterAll(() => daemon?.stop());

/** The answer once it is `text`; any other status than 200 on the way fails the test. */
async function answers(endpoint: string, text: string): Promise<void> {
  await eventually(async () => {
    const answer = await get(endpoint);
    expect(answer.status).toBe(200);
    return answer.text === text;
  });
}

test('a saved file answers in the next response', async () => {
  using source = sourceFolder({ 'handler.mjs': answering('one') });
  const { endpoint } = await link(daemon.url, source.path);
  expect(await get(endpoint)).toEqual({ status: 200, text: 'one' });
  for (const text of ['two', 'three', 'four']) {
    writeFileSync(source.file('handler.mjs'), answering(text));
    await answers(endpoint, text);
  }
});

test('requests under load never fail and never go back to older code while files change', async () => {
  using source = sourceFolder({ 'handler.mjs': answering('0') });
  const { endpoint } = await link(daemon.url, source.path);
  await get(endpoint);
  let stop = false;
  let requests = 0;
  const workers = Array.from({ length: 8 }, async () => {
    let newest = 0;
    while (!stop) {
      const { status, text } = await get(endpoint);
      expect(status).toBe(200);
      expect(Number(text)).toBeGreaterThanOrEqual(newest);
      newest = Number(text);
      requests++;
    }
  });
  for (let version = 1; version <= 20; version++) {
    writeFileSync(source.file('handler.mjs'), answering(String(version)));
    await answers(endpoint, String(version));
  }
  stop = true;
  await Promise.all(workers);
  expect(requests).toBeGreaterThan(100);
});

test('a request under way ends on the code it began with', async () => {
  const slow = `export default (req, res) => { res.write('old '); setTimeout(() => res.end('still old'), 400); };`;
  using source = sourceFolder({ 'handler.mjs': slow });
  const { endpoint } = await link(daemon.url, source.path);
  const response = await fetch(endpoint);
  writeFileSync(source.file('handler.mjs'), answering('new'));
  await eventually(async () => (await get(endpoint)).text === 'new');
  expect(await response.text()).toBe('old still old');
});

test.each([
  ['a syntax error', 'export default (req, res) => {\n  res.end("x"\n};\n', /SyntaxError/, 'handler.mjs'],
  [
    'an error at top level',
    'const settings = undefined;\n\nsettings.port;\nexport default () => {};\n',
    /TypeError/,
    'handler.mjs',
  ],
  ['no default export', 'export const nothing = 1;\n', /default/, 'handler.mjs'],
  ['an exit at top level', 'process.exit(3);\n', /exit code 3/, undefined],
  [
    'a missing module',
    "import 'no-such-module';\nexport default () => {};\n",
    /no-such-module/,
    'handler.mjs',
  ],
])(
  '%s is answered with the error and its place, and the next save recovers',
  async (_name, broken, message, file) => {
    using source = sourceFolder({ 'handler.mjs': answering('good') });
    const { endpoint } = await link(daemon.url, source.path);
    await answers(endpoint, 'good');
    writeFileSync(source.file('handler.mjs'), broken);
    const { text } = await eventually(async () => {
      const answer = await get(endpoint);
      expect([200, 502]).toContain(answer.status);
      return answer.status === 502 && answer;
    });
    const error = JSON.parse(text);
    expect(error.error).toMatch(message);
    expect(error.file).toBe(file);
    // What is not there is on no line.
    if (file && !/default/.test(error.error)) expect(error.line).toBeGreaterThan(0);
    expect(text).not.toContain('runtimes/node20');
    writeFileSync(source.file('handler.mjs'), answering('good again'));
    await eventually(async () => (await get(endpoint)).text === 'good again');
  },
);

test('an imported file, a replaced folder and a retargeted link reload', async () => {
  using source = sourceFolder({});
  for (const name of ['a', 'b']) {
    mkdirSync(source.file(name));
    writeFileSync(
      join(source.file(name), 'handler.mjs'),
      `import { text } from './lib/text.mjs';\nexport default (req, res) => res.end(text);\n`,
    );
    mkdirSync(join(source.file(name), 'lib'));
    writeFileSync(join(source.file(name), 'lib', 'text.mjs'), `export const text = 'from ${name}';\n`);
  }
  const { endpoint } = await link(daemon.url, source.file('a'));
  await answers(endpoint, 'from a');
  writeFileSync(join(source.file('a'), 'lib', 'text.mjs'), `export const text = 'edited';\n`);
  await answers(endpoint, 'edited');
  renameSync(source.file('a'), source.file('old'));
  cpSync(source.file('b'), source.file('a'), { recursive: true });
  await eventually(async () => (await get(endpoint)).text === 'from b');

  symlinkSync(source.file('old'), source.file('current'));
  const linked = await link(daemon.url, source.file('current'));
  await answers(linked.endpoint, 'edited');
  symlinkSync(source.file('b'), source.file('next'));
  renameSync(source.file('next'), source.file('current'));
  await answers(linked.endpoint, 'from b');
});

test('a handler in TypeScript reloads, and its stacks name the source', async () => {
  using source = sourceFolder({
    'handler.ts': `import type { Request, Response } from 'express';
import { greet } from './greet.ts';

export default function handler(req: Request, res: Response): void {
  if (req.query.fail) throw new Error('asked to');
  res.json({ message: greet('world') });
}
`,
    'greet.ts': 'export const greet = (name: string): string => `hello ${name}`;\n',
  });
  const { endpoint } = await link(daemon.url, source.path);
  expect(JSON.parse((await get(endpoint)).text)).toEqual({ message: 'hello world' });
  const failed = await get(`${endpoint}?fail=1`);
  expect(failed.status).toBe(500);
  expect(failed.text).toContain('handler.ts:5');
  writeFileSync(source.file('greet.ts'), 'export const greet = (name: string): string => `bye ${name}`;\n');
  await eventually(async () => (await get(endpoint)).text.includes('bye world'));
  writeFileSync(source.file('greet.ts'), 'export const greet = (name: string): string => {\n');
  const { text } = await eventually(async () => {
    const answer = await get(endpoint);
    return answer.status === 502 && answer;
  });
  expect(JSON.parse(text)).toMatchObject({ file: 'greet.ts' });
});

test('Python reloads, and reports its own errors', async () => {
  const code = (text: string) => `def handler():\n    return "${text}"\n`;
  using source = sourceFolder({ 'handler.py': code('one') });
  const { endpoint } = await link(daemon.url, source.path);
  await answers(endpoint, 'one');
  writeFileSync(source.file('handler.py'), code('two'));
  await answers(endpoint, 'two');
  writeFileSync(source.file('handler.py'), 'def handler():\n    return "three\n');
  const { text } = await eventually(async () => {
    const answer = await get(endpoint);
    return answer.status === 502 && answer;
  });
  expect(JSON.parse(text)).toMatchObject({ file: 'handler.py', line: 2 });
  writeFileSync(source.file('handler.py'), code('four'));
  await eventually(async () => (await get(endpoint)).text === 'four');
});

test('Go reloads, and reports what its compiler says', async () => {
  const code = (text: string) => `package main

import (
	"net/http"
	"net/url"
)

func handler(params url.Values, w *http.ResponseWriter) {
	(*w).Write([]byte("${text}"))
}
`;
  using source = sourceFolder({ 'handler.go': code('one') });
  const { endpoint } = await link(daemon.url, source.path);
  await answers(endpoint, 'one');
  writeFileSync(source.file('handler.go'), code('two'));
  await answers(endpoint, 'two');
  writeFileSync(source.file('handler.go'), code('three').replace('(*w).', '(*x).'));
  const { text } = await eventually(async () => {
    const answer = await get(endpoint);
    return answer.status === 502 && answer;
  });
  expect(JSON.parse(text)).toMatchObject({ file: 'handler.go', line: 9 });
});

test('a change that is none does not reload', async () => {
  using source = sourceFolder({
    'handler.mjs': `const began = Math.random();\nexport default (req, res) => res.end(String(began));\n`,
  });
  const { endpoint, id } = await link(daemon.url, source.path);
  const { text } = await get(endpoint);
  writeFileSync(
    source.file('handler.mjs'),
    `const began = Math.random();\nexport default (req, res) => res.end(String(began));\n`,
  );
  mkdirSync(source.file('.git'));
  writeFileSync(join(source.file('.git'), 'index'), 'x');
  for (let i = 0; i < 50; i++) expect((await get(endpoint)).text).toBe(text);
  rmSync(source.file('.git'), { recursive: true });
  const status = (await (await fetch(`${daemon.url}/lambda/${id}/status`)).json()) as { state: string };
  expect(status.state).toBe('ready');
});
