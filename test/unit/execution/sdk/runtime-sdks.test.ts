import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RealClock } from '../../../../src/clock/real-clock.ts';
import { RuntimeSdks } from '../../../../src/execution/sdk/runtime-sdks.ts';

/** Writes down how it was called, and what an installer would leave. */
const INSTALLER = `#!/bin/sh
echo "$@" >> "$CALLS"
if [ -n "$FAILURE" ]; then echo "npm error code E404"; echo "npm error $FAILURE"; echo "npm error A complete log"; exit 1; fi
`;

let root: string;
let code: string;
let progress: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lambdock-sdks-'));
  code = join(root, 'code');
  progress = [];
  for (const name of ['npm', 'python']) writeFileSync(join(root, name), INSTALLER, { mode: 0o755 });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function sdks(env: Record<string, string> = {}): RuntimeSdks {
  return new RuntimeSdks({
    clock: new RealClock(),
    folder: join(root, 'sdk'),
    env: { PATH: `${root}:${process.env.PATH}`, CALLS: join(root, 'calls'), ...env },
    onProgress: (_topic, message) => progress.push(message),
  });
}

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(code, name)), { recursive: true });
    writeFileSync(join(code, name), text);
  }
}

const calls = () =>
  existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
const python = () => ({
  kind: 'python' as const,
  interpreter: join(root, 'python'),
  taskRoot: code,
  opt: join(root, 'opt'),
});
const node = () => ({ kind: 'node' as const, interpreter: '/usr/bin/node', taskRoot: code, opt: undefined });

describe('boto3', () => {
  test('is installed once when code names it, wherever it does', async () => {
    write({ 'app.py': 'from lib import clients', 'lib/clients.py': 'import boto3' });
    await using first = sdks();
    const [folder, same] = await Promise.all([first.folderFor(python()), first.folderFor(python())]);
    expect(same).toBe(folder);
    expect(basename(folder!)).toMatch(/^python-/);
    await using second = sdks();
    expect(await second.folderFor(python())).toBe(folder);
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatch(/^-m pip install .*--target .*python-\w+ boto3$/);
    expect(progress).toEqual(["Installing boto3, which AWS's runtime comes with", 'boto3 is ready']);
  });

  test('is left alone where code does not name it, or brings it', async () => {
    write({ 'app.py': 'import json', 'notes.txt': 'boto3' });
    await using all = sdks();
    expect(await all.folderFor(python())).toBeUndefined();
    write({ 'app.py': 'import boto3', 'boto3/__init__.py': '' });
    expect(await all.folderFor(python())).toBeUndefined();
    expect(calls()).toEqual([]);
  });

  test('of a layer counts as brought', async () => {
    write({ 'app.py': 'import boto3' });
    mkdirSync(join(root, 'opt/python/boto3'), { recursive: true });
    await using all = sdks();
    expect(await all.folderFor(python())).toBeUndefined();
  });
});

describe("AWS's SDK for JavaScript", () => {
  test('is installed by the packages that code names, without running anything of theirs', async () => {
    write({
      'index.mjs': `import { S3Client } from "@aws-sdk/client-s3";\nawait import('@aws-sdk/client-sts/dist');`,
      'node_modules/x/index.js': `require('@aws-sdk/client-ecs')`,
    });
    await using all = sdks();
    expect(await all.folderFor(node())).toMatch(/node-\w+\/node_modules$/);
    expect(calls()[0]).toMatch(/^install .*--ignore-scripts.* @aws-sdk\/client-s3 @aws-sdk\/client-sts$/);
  });

  test('does not hide what the code brings', async () => {
    write({
      'index.js': `require('@aws-sdk/client-s3')`,
      'node_modules/@aws-sdk/client-s3/package.json': '{}',
    });
    await using all = sdks();
    expect(await all.folderFor(node())).toBeUndefined();
  });

  test('is not looked for by what only looks like its names, as in code that has the SDK in it', async () => {
    write({
      'index.js': `new Registry("@smithy/ns"); throw Error('add require("@aws-sdk/signature-v4-crt")');`,
    });
    await using all = sdks();
    expect(await all.folderFor(node())).toBeUndefined();
  });

  test('that is not to be had is told, tried again, and leaves nothing behind', async () => {
    write({ 'index.js': `require('@aws-sdk/client-nothing')` });
    await using all = sdks({ FAILURE: '404 Not Found' });
    expect(await all.folderFor(node())).toBeUndefined();
    expect(progress.at(-1)).toBe('@aws-sdk/client-nothing could not be installed: 404 Not Found');
    expect(await all.folderFor(node())).toBeUndefined();
    expect(calls()).toHaveLength(2);
    await using again = sdks();
    expect(await again.folderFor(node())).toMatch(/node_modules$/);
  });
});
