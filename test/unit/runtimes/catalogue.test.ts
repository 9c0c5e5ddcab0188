import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { FolderCatalogue } from '../../../src/execution/runtimes/catalogue.ts';
import type { Machine } from '../../../src/execution/toolchains/machine.ts';

const EMPTY: Machine = {
  platform: 'linux',
  home: '/nowhere',
  env: {},
  node: { path: '/daemon/node', version: '20.20.2' },
  list: async () => [],
  isExecutable: async () => true,
  run: async () => undefined,
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** An empty file of code, as the runtimes are told of it. */
function codeFile(entry: string) {
  writeFileSync(join(folder, entry), '');
  return { functionId: 'f', directory: folder, entry };
}

function catalogue(runtimesDirectory = join(import.meta.dirname, '../../../runtimes')) {
  return new FolderCatalogue({
    runtimesDirectory,
    serverDirectory: '/dist/runtimes',
    cacheDirectory: folder,
    clock: new ManualClock(),
    onProgress: () => {},
    startTimeout: 5_000,
    memoryLimitMb: 512,
    baseEnv: { OWN: 'yes' },
    machine: EMPTY,
  });
}

const definition = (changes: object) => ({
  runtime: 'made-up',
  version: '1.9',
  image: 'image',
  runCommand: 'run %s',
  codeFile: 'handler.x',
  entries: ['handler.x'],
  process: { toolchain: { tool: 'node', install: {} }, command: ['{toolchain}'], prepare: 'none' },
  container: { agent: ['agent'], readOnly: true },
  ...changes,
});

function write(name: string, content: unknown) {
  mkdirSync(join(folder, name));
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, name, 'runtime.json'), text);
  writeFileSync(join(folder, name, 'handler.x'), 'code');
}

describe('the runtimes that come along', () => {
  test('are Go, Node and Python, in the versions of the contract', () => {
    const list = catalogue().list();
    expect(list.map(({ definition: { runtime, version } }) => `${runtime} ${version}`)).toEqual([
      'golang 1.22',
      'node 20',
      'python 3.12',
    ]);
    for (const { definition } of list) expect(definition.defaultCode).toContain('handler');
  });

  test.each([
    ['handler.ts', 'node'],
    ['other.mjs', 'node'],
    ['handler.py', 'python'],
    ['x.go', 'golang'],
    ['x.rb', undefined],
    ['Makefile', undefined],
  ])('%s belongs to %s', (file, runtime) => {
    expect(catalogue().forEntry(file)?.definition.runtime).toBe(runtime);
  });

  test('Node code becomes a workload whose server is the same for all functions', async () => {
    const node = catalogue().find('node', '20')!;
    const code = codeFile('handler.mjs');
    const template = await node.prepare(code, new AbortController().signal);
    expect(template).toMatchObject({
      owner: 'f',
      command: ['/daemon/node', '/dist/runtimes/node20/server.mjs'],
      env: { OWN: 'yes' },
      readiness: { kind: 'protocol' },
      load: code,
      startTimeout: 5_000,
      memoryLimitMb: 512,
    });
    const { command, cwd, env } = (await node.standby())!;
    expect({ command, cwd, env }).toEqual({
      command: template.command,
      cwd: template.cwd,
      env: template.env,
    });
  });

  test('a missing toolchain is a failure of kind set-up that says what to install', async () => {
    const code = codeFile('handler.go');
    const prepared = catalogue().find('golang', '1.22')!.prepare(code, new AbortController().signal);
    await expect(prepared).rejects.toMatchObject({
      name: 'SourceFailure',
      detail: { kind: 'setup', message: expect.stringMatching(/^Go 1\.22 is needed, .*go\.dev/) },
    });
  });

  test.each(['golang', 'node', 'python'])(
    '%s code that is gone, or a folder, is said to be so',
    async (name) => {
      const code = codeFile('handler.ts');
      const runtime = catalogue()
        .list()
        .find(({ definition }) => definition.runtime === name)!;
      const prepare = () => runtime.prepare(code, new AbortController().signal);
      const path = join(folder, 'handler.ts');
      rmSync(path);
      const gone = { kind: 'load', message: `there is no ${path} any more`, file: 'handler.ts' };
      await expect(prepare()).rejects.toMatchObject({ detail: gone });
      mkdirSync(path);
      await expect(prepare()).rejects.toMatchObject({ detail: { message: `${path} is not a file` } });
    },
  );
});

describe('a folder of runtimes', () => {
  test('is listed by runtime, the newest version first, and each found by its version', () => {
    write('a', definition({ version: '1.9' }));
    write('b', definition({ version: '1.10' }));
    write('c', definition({ runtime: 'another' }));
    const all = catalogue(folder);
    expect(all.list().map((one) => one.definition.version)).toEqual(['1.9', '1.10', '1.9']);
    expect(all.find('made-up', '1.10')?.definition.directory).toBe(join(folder, 'b'));
    expect(all.find('made-up', '2')).toBeUndefined();
  });

  test.each([
    ['no JSON', '{', /runtime\.json is not JSON: /],
    ['no object', '[]', /runtime\.json: the content must be an object$/],
    ['a missing text', definition({ image: undefined }), /runtime\.json: image must be a text$/],
    ['a wrong list', definition({ entries: 'x' }), /runtime\.json: entries must be a list of texts$/],
    [
      'an unknown preparation',
      definition({ process: { toolchain: { tool: 'x', install: {} }, command: ['x'], prepare: 'magic' } }),
      /process\.prepare must be one of none, typescript/,
    ],
    ['no default code', definition({ codeFile: 'gone.x' }), /gone\.x can't be read: /],
  ])('with %s is refused with the file and the member', (_what, content, message) => {
    write('bad', content);
    expect(() => catalogue(folder).list()).toThrow(message);
  });

  test('that is not there is named', () => {
    expect(() => catalogue('/no/such').list()).toThrow(/^\/no\/such can't be read/);
  });
});
