import type fs from 'node:fs';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { pass, temporaryFolder, Watching } from './support.ts';

let refusal: string | undefined;
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const watch = (...parameters: Parameters<typeof real.watch>) => {
    if (refusal) throw Object.assign(new Error(refusal), { code: refusal });
    return real.watch(...parameters);
  };
  return { ...real, watch, default: { ...real, watch } };
});

describe('watching within limits', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeEach(() => {
    folder = temporaryFolder();
    writeFileSync(at('handler.mjs'), 'one');
  });
  afterEach(() => {
    refusal = undefined;
    folder.remove();
  });

  it.each(['ENOSPC', 'EMFILE'])(
    'polls, and says so, when the system has no watches left (%s)',
    async (code) => {
      refusal = code;
      const clock = new ManualClock();
      await using watching = await Watching.start(folder.path, { clock });
      expect(watching.notices.join()).toContain('comparing files every 300 ms');
      expect(watching.errors).toEqual([]);
      writeFileSync(at('handler.mjs'), 'two');
      await pass(clock, 'settled', () => watching.files.includes('handler.mjs'));
    },
  );

  it('polls at the interval asked for, without a watch', async () => {
    refusal = 'no watch expected';
    const clock = new ManualClock();
    await using watching = await Watching.start(folder.path, { clock, poll: { interval: 1_000 } });
    mkdirSync(at('sub'));
    writeFileSync(at('sub', 'a.mjs'), 'one');
    await clock.advance(999);
    expect(watching.dirty).toBe(0);
    await pass(clock, 'settled', () => watching.files.includes('sub/a.mjs'));
    watching.clear();
    rmSync(at('sub'), { recursive: true });
    await pass(clock, 'settled', () => watching.files.includes('sub/a.mjs'));
  });

  it('refuses more files than its limit, naming folder and remedy, and recovers once they are ignored', async () => {
    mkdirSync(at('assets'));
    for (let n = 0; n < 100; n++) writeFileSync(at('assets', `${n}`), '');
    await using watching = await Watching.start(folder.path, { limit: 100 });
    expect(watching.errors).toHaveLength(1);
    expect(watching.errors[0]!.message).toContain(`${folder.path} holds more than 100 files`);
    expect(watching.errors[0]!.message).toContain('.lambdockignore');
    writeFileSync(at('.lambdockignore'), 'assets/\n');
    await watching.sees('handler.mjs');
    watching.clear();
    writeFileSync(at('handler.mjs'), 'two');
    await watching.sees('handler.mjs');
  });

  it.runIf(process.platform !== 'win32')('goes on beside a folder that may not be read', async () => {
    mkdirSync(at('private'));
    writeFileSync(at('private', 'a.mjs'), 'one');
    chmodSync(at('private'), 0o000);
    chmodSync(folder.path, 0o755);
    const user = process.getuid?.();
    if (user === 0) process.seteuid?.(65_534);
    try {
      await using watching = await Watching.start(folder.path);
      expect(watching.notices.join()).toContain('private');
      expect(watching.errors).toEqual([]);
      if (user === 0) process.seteuid?.(0);
      writeFileSync(at('handler.mjs'), 'two');
      await watching.sees('handler.mjs');
      chmodSync(at('private'), 0o755);
      await watching.sees('private/a.mjs');
    } finally {
      if (user === 0) process.seteuid?.(0);
      chmodSync(at('private'), 0o755);
    }
  });

  describe('around a single file', () => {
    it('reacts to the file, to files of its language in the folder, and to nothing else', async () => {
      mkdirSync(at('lib'));
      writeFileSync(at('lib', 'util.ts'), 'one');
      await using watching = await Watching.start(folder.path, { only: ['handler.mjs'] });
      writeFileSync(at('out.txt'), 'x');
      writeFileSync(at('other.py'), 'x');
      writeFileSync(at('state.json'), 'x');
      writeFileSync(at('lib', 'util.ts'), 'two');
      await watching.sees('lib/util.ts');
      expect(watching.files).toEqual(['lib/util.ts']);
      mkdirSync(at('new'));
      writeFileSync(at('new', 'a.mjs'), 'one');
      await watching.sees('new/a.mjs');
      writeFileSync(at('handler.mjs'), 'two');
      await watching.sees('handler.mjs');
      watching.clear();
      for (let n = 0; n < 100; n++) writeFileSync(at('out.txt'), `line ${n}`);
      writeFileSync(at('handler.mjs'), 'three');
      await watching.sees('handler.mjs');
      expect(watching.log).toEqual(['dirty', 'settled handler.mjs']);
    });

    it('stays with the folder itself where the tree is large', async () => {
      mkdirSync(at('downloads'));
      for (let n = 0; n < 2_001; n++) writeFileSync(at('downloads', `${n}`), '');
      await using watching = await Watching.start(folder.path, { only: ['handler.mjs'] });
      expect(watching.errors).toEqual([]);
      expect(watching.notices.join()).toContain('only files beside the function');
      writeFileSync(at('lib.mjs'), 'one');
      await watching.sees('lib.mjs');
    });
  });
});
