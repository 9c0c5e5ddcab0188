import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inotifyWatches, temporaryFolder, until, Watching } from './support.ts';

describe('watching a folder', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let watching: Watching;
  const at = (...names: string[]) => join(folder.path, 'fn', ...names);

  beforeEach(async () => {
    folder = temporaryFolder();
    mkdirSync(at('src', 'deep'), { recursive: true });
    writeFileSync(at('handler.mjs'), 'one');
    writeFileSync(at('src', 'a.mjs'), 'one');
    writeFileSync(at('src', 'deep', 'b.mjs'), 'one');
    watching = await Watching.start(at());
  });
  afterEach(async () => {
    await watching[Symbol.asyncDispose]();
    folder.remove();
  });

  async function editIsSeen(...names: string[]): Promise<void> {
    watching.clear();
    writeFileSync(at(...names), `edit ${performance.now()}`);
    await watching.sees(names.join('/'));
  }

  it('sees edits in subfolders', async () => {
    await editIsSeen('src', 'deep', 'b.mjs');
    expect(watching.log).toEqual(['dirty', 'settled src/deep/b.mjs']);
  });

  it('sees a subfolder made with files in one go, and edits there afterwards', async () => {
    mkdirSync(at('new', 'sub', 'sub'), { recursive: true });
    writeFileSync(at('new', 'sub', 'sub', 'c.mjs'), 'x');
    await watching.sees('new/sub/sub/c.mjs');
    await editIsSeen('new', 'sub', 'sub', 'c.mjs');
  });

  it('sees a subfolder moved away and back', async () => {
    renameSync(at('src'), at('src2'));
    await watching.sees('src/a.mjs', 'src2/a.mjs', 'src2/deep/b.mjs');
    await editIsSeen('src2', 'deep', 'b.mjs');
    watching.clear();
    renameSync(at('src2'), at('src'));
    await watching.sees('src/a.mjs', 'src2/a.mjs');
    await editIsSeen('src', 'a.mjs');
    await editIsSeen('src', 'deep', 'b.mjs');
  });

  it('sees a subfolder moved away and replaced by a copy', async () => {
    renameSync(at('src'), join(folder.path, 'old'));
    cpSync(join(folder.path, 'old'), at('src'), { recursive: true });
    await until('calm', () => watching.calm && watching.dirty > 0);
    expect(watching.files).toEqual([]);
    await editIsSeen('src', 'deep', 'b.mjs');
  });

  it('sees subfolders removed and made again, whether or not the system gives the same inode', async () => {
    for (let round = 0; round < 10; round++) {
      rmSync(at('src'), { recursive: true });
      mkdirSync(at('src', 'deep'), { recursive: true });
      writeFileSync(at('src', 'a.mjs'), `round ${round}`);
      await watching.sees('src/a.mjs');
      await editIsSeen('src', 'a.mjs');
      await editIsSeen('src', 'deep', 'b.mjs');
    }
  });

  it('sees itself replaced', async () => {
    renameSync(at(), join(folder.path, 'old'));
    cpSync(join(folder.path, 'old'), at(), { recursive: true });
    writeFileSync(at('handler.mjs'), 'two');
    await watching.sees('handler.mjs');
    await editIsSeen('handler.mjs');
    await editIsSeen('src', 'deep', 'b.mjs');
  });

  it('sees itself removed and made again', async () => {
    rmSync(at(), { recursive: true });
    await watching.sees('handler.mjs', 'src/a.mjs', 'src/deep/b.mjs');
    watching.clear();
    mkdirSync(at());
    writeFileSync(at('handler.mjs'), 'two');
    await watching.sees('handler.mjs');
    await editIsSeen('handler.mjs');
  });

  it('sees a folder above it removed and made again', async () => {
    await watching[Symbol.asyncDispose]();
    const outer = join(folder.path, 'x', 'y', 'fn');
    mkdirSync(outer, { recursive: true });
    writeFileSync(join(outer, 'handler.mjs'), 'one');
    watching = await Watching.start(outer);
    rmSync(join(folder.path, 'x'), { recursive: true });
    await watching.sees('handler.mjs');
    watching.clear();
    mkdirSync(outer, { recursive: true });
    writeFileSync(join(outer, 'handler.mjs'), 'two');
    await watching.sees('handler.mjs');
  });

  it.runIf(process.platform === 'linux')('sees a folder above it exchanged for another', async () => {
    await watching[Symbol.asyncDispose]();
    const outer = join(folder.path, 'x', 'y', 'fn');
    mkdirSync(outer, { recursive: true });
    writeFileSync(join(outer, 'handler.mjs'), 'one');
    watching = await Watching.start(outer);
    renameSync(join(folder.path, 'x'), join(folder.path, 'old'));
    cpSync(join(folder.path, 'old'), join(folder.path, 'x'), { recursive: true });
    writeFileSync(join(outer, 'handler.mjs'), 'two');
    await watching.sees('handler.mjs');
    watching.clear();
    writeFileSync(join(outer, 'handler.mjs'), 'three');
    await watching.sees('handler.mjs');
  });

  it('waits for a folder that does not exist yet', async () => {
    await using other = await Watching.start(join(folder.path, 'later', 'fn'));
    expect(other.errors).toEqual([]);
    mkdirSync(join(folder.path, 'later', 'fn'), { recursive: true });
    writeFileSync(join(folder.path, 'later', 'fn', 'handler.mjs'), 'one');
    await other.sees('handler.mjs');
  });

  it('takes a checkout of 500 files for few changes, with the last state settled', async () => {
    const files = Array.from({ length: 500 }, (_, n) => `src/d${n % 20}/f${n}.mjs`);
    for (let n = 0; n < 20; n++) mkdirSync(at('src', `d${n}`));
    for (const file of files) writeFileSync(at(file), 'one');
    await watching.sees(...files);
    watching.clear();
    for (const file of files) {
      await rm(at(file));
      await writeFile(at(file), 'two');
    }
    await watching.sees(...files);
    expect(await watching.watcher.verify()).toEqual([]);
    expect(watching.settled.length).toBeLessThan(50);
  });

  it('sees an install of packages, not the packages', async () => {
    mkdirSync(at('node_modules', 'left-pad'), { recursive: true });
    writeFileSync(at('node_modules', 'left-pad', 'index.js'), 'x');
    writeFileSync(at('node_modules', '.package-lock.json'), '{}');
    await watching.sees('node_modules/.package-lock.json');
    watching.clear();
    writeFileSync(at('node_modules', 'left-pad', 'index.js'), 'y');
    await editIsSeen('handler.mjs');
    expect(watching.files).toEqual(['handler.mjs']);
    await editIsSeen('node_modules', '.package-lock.json');
  });

  it('follows its ignore file as it changes', async () => {
    writeFileSync(at('data.json'), 'one');
    await watching.sees('data.json');
    watching.clear();
    writeFileSync(at('.lambdockignore'), '*.json\n');
    await until('clean', () => watching.clean === 1);
    writeFileSync(at('data.json'), 'two');
    await editIsSeen('handler.mjs');
    expect(watching.files).toEqual(['handler.mjs']);
    watching.clear();
    rmSync(at('.lambdockignore'));
    await watching.sees('data.json');
  });

  it('ignores what the options say', async () => {
    await using other = await Watching.start(at(), { ignore: ['src/deep/'] });
    writeFileSync(at('src', 'deep', 'b.mjs'), 'two');
    writeFileSync(at('src', 'a.mjs'), 'two');
    await other.sees('src/a.mjs');
    expect(other.files).toEqual(['src/a.mjs']);
  });

  it('does not disturb another watcher of the same folder', async () => {
    const other = await Watching.start(at());
    await editIsSeen('src', 'a.mjs');
    await other.sees('src/a.mjs');
    await other[Symbol.asyncDispose]();
    await editIsSeen('src', 'a.mjs');
    await editIsSeen('handler.mjs');
  });

  it.runIf(process.platform === 'linux')('leaves no watch behind', async () => {
    const resources = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('FS'));
    await watching[Symbol.asyncDispose]();
    const before = { watches: inotifyWatches()!, resources: resources() };
    const others = await Promise.all([Watching.start(at()), Watching.start(at(), { poll: true })]);
    writeFileSync(at('handler.mjs'), 'two');
    const unstarted = new Watching(at());
    const starting = unstarted.watcher.start();
    expect(inotifyWatches()).toBeGreaterThan(before.watches);
    await Promise.all([...others, unstarted].map((other) => other[Symbol.asyncDispose]()));
    await starting;
    expect(inotifyWatches()).toBe(before.watches);
    await until('nothing is read any more', () => resources().length <= before.resources.length);
    expect(await unstarted.watcher.verify()).toEqual([]);
    expect(inotifyWatches()).toBe(before.watches);
  });
});
