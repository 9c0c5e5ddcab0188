import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TypeScriptBundler } from '../../../src/execution/typescript/bundler.ts';

let folder: string;
let bundler: TypeScriptBundler;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bundler-')));
  bundler = new TypeScriptBundler(join(folder, 'cache'));
});

afterEach(async () => {
  await bundler[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function bundle(code?: string, by = bundler) {
  if (code !== undefined) writeFileSync(join(folder, 'handler.ts'), code);
  return by.bundle({ functionId: 'f', directory: folder, entry: 'handler.ts' }, new AbortController().signal);
}

function sourceMap(file: string) {
  const encoded = /sourceMappingURL=data:application\/json;base64,(.+)/.exec(readFileSync(file, 'utf8'))![1]!;
  return JSON.parse(Buffer.from(encoded, 'base64').toString());
}

test('a change makes a new bundle, none keeps the old one, and only two are kept', async () => {
  const first = await bundle('export default 1 as number');
  expect(await bundle()).toBe(first);
  const second = await bundle('export default 2 as number');
  expect(second).not.toBe(first);
  const third = await bundle('export default 3 as number');
  expect(readdirSync(join(folder, 'cache/f')).sort()).toEqual(
    [second, third].map((path) => path.split('/').at(-1)).sort(),
  );
});

test('the source map names the user’s file absolutely and holds its text as written', async () => {
  const code = 'export default () => import.meta.url;\n';
  const map = sourceMap(await bundle(code));
  const index = map.sources.indexOf(`file://${folder}/handler.ts`);
  expect(index).not.toBe(-1);
  expect(map.sourcesContent[index]).toBe(code);
});

test('recovers from a syntax error on the next build', async () => {
  await expect(bundle('export default (')).rejects.toMatchObject({
    name: 'SourceFailure',
    detail: { kind: 'load', name: 'SyntaxError', file: 'handler.ts', line: 1 },
  });
  await bundle('export default 1');
});

test('paths of tsconfig.json are followed', async () => {
  writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"paths":{"@own/*":["./*"]}}}');
  writeFileSync(join(folder, 'value.ts'), 'export const value: string = "mapped";');
  const file = await bundle(`import { value } from '@own/value';\nexport default value;`);
  expect(readFileSync(file, 'utf8')).toContain('"mapped"');
});

test('another bundler’s end does not break this one', async () => {
  const other = new TypeScriptBundler(join(folder, 'other'));
  await bundle('export default 1');
  await bundle(undefined, other);
  await other[Symbol.asyncDispose]();
  await bundle('export default 2');
});

test('a build that was given up is not written', async () => {
  writeFileSync(join(folder, 'handler.ts'), 'export default 1');
  const abort = new AbortController();
  const code = { functionId: 'f', directory: folder, entry: 'handler.ts' };
  const building = bundler.bundle(code, abort.signal);
  abort.abort(new Error('superseded'));
  await expect(building).rejects.toThrow('superseded');
});

test('a forgotten function leaves nothing behind, and can come back', async () => {
  await bundle('export default 1');
  await bundler.forget('f');
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  await bundle();
});
