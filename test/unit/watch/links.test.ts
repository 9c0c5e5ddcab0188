import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder, until, Watching } from './support.ts';

describe('watching symbolic links', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const at = (...names: string[]) => join(folder.path, ...names);
  const root = () => at('fn');

  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(root());
    writeFileSync(at('fn', 'handler.mjs'), 'one');
  });
  afterEach(() => folder.remove());

  /** As `ln -sfn` does: never a moment without the link. */
  function relink(target: string, path: string): void {
    symlinkSync(target, `${path}.new`);
    renameSync(`${path}.new`, path);
  }

  it('sees edits of a linked file outside the folder, and its replacement', async () => {
    mkdirSync(at('shared'));
    writeFileSync(at('shared', 'lib.mjs'), 'one');
    symlinkSync('../shared/lib.mjs', at('fn', 'lib.mjs'));
    await using watching = await Watching.start(root());
    writeFileSync(at('shared', 'lib.mjs'), 'two');
    await watching.sees('lib.mjs');
    watching.clear();
    writeFileSync(at('shared', 'other'), 'three');
    renameSync(at('shared', 'other'), at('shared', 'lib.mjs'));
    await watching.sees('lib.mjs');
    watching.clear();
    renameSync(at('shared'), at('moved'));
    await watching.sees('lib.mjs');
  });

  it('sees a link made to lead elsewhere, and edits there', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(at(`v${version}`));
      writeFileSync(at(`v${version}`, 'lib.mjs'), version);
    }
    symlinkSync(at('v1', 'lib.mjs'), at('fn', 'lib.mjs'));
    await using watching = await Watching.start(root());
    relink(at('v2', 'lib.mjs'), at('fn', 'lib.mjs'));
    await watching.sees('lib.mjs');
    watching.clear();
    writeFileSync(at('v2', 'lib.mjs'), 'edited');
    await watching.sees('lib.mjs');
  });

  it('sees edits in a linked folder, and the link made to lead elsewhere', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(at(`v${version}`, 'deep'), { recursive: true });
      writeFileSync(at(`v${version}`, 'deep', 'lib.mjs'), version);
    }
    symlinkSync(at('v1'), at('fn', 'lib'));
    await using watching = await Watching.start(root());
    writeFileSync(at('v1', 'deep', 'lib.mjs'), 'edited');
    await watching.sees('lib/deep/lib.mjs');
    watching.clear();
    relink(at('v2'), at('fn', 'lib'));
    await watching.sees('lib/deep/lib.mjs');
    watching.clear();
    writeFileSync(at('v2', 'deep', 'lib.mjs'), 'edited again');
    await watching.sees('lib/deep/lib.mjs');
  });

  it('sees an update as Kubernetes makes it: data behind two links, the inner one exchanged', async () => {
    rmSync(at('fn', 'handler.mjs'));
    const publish = (version: string) => {
      mkdirSync(at('fn', `..${version}`));
      writeFileSync(at('fn', `..${version}`, 'handler.mjs'), version);
      relink(`..${version}`, at('fn', '..data'));
    };
    publish('1');
    symlinkSync('..data/handler.mjs', at('fn', 'handler.mjs'));
    await using watching = await Watching.start(root());
    for (const version of ['2', '3', '4']) {
      watching.clear();
      publish(version);
      rmSync(at('fn', `..${Number(version) - 1}`), { recursive: true });
      await watching.sees('handler.mjs');
    }
  });

  it('sees a link on the way to its folder made to lead elsewhere', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(at('releases', version, 'fn'), { recursive: true });
      writeFileSync(at('releases', version, 'fn', 'handler.mjs'), version);
    }
    symlinkSync('releases/1', at('current'));
    await using watching = await Watching.start(at('current', 'fn'));
    relink('releases/2', at('current'));
    await watching.sees('handler.mjs');
    watching.clear();
    writeFileSync(at('releases', '2', 'fn', 'handler.mjs'), 'edited');
    await watching.sees('handler.mjs');
  });

  it('sees a link that appears, dangles, and comes to life', async () => {
    await using watching = await Watching.start(root());
    symlinkSync(at('later', 'lib.mjs'), at('fn', 'lib.mjs'));
    await until('clean', () => watching.clean === 1);
    mkdirSync(at('later'));
    writeFileSync(at('later', 'lib.mjs'), 'one');
    await watching.sees('lib.mjs');
    watching.clear();
    writeFileSync(at('later', 'lib.mjs'), 'two');
    await watching.sees('lib.mjs');
  });

  it('is not caught in cycles', async () => {
    mkdirSync(at('fn', 'a'));
    mkdirSync(at('fn', 'b'));
    writeFileSync(at('fn', 'a', 'x.mjs'), 'one');
    symlinkSync('..', at('fn', 'a', 'up'));
    symlinkSync('../b', at('fn', 'a', 'b'));
    symlinkSync('../a', at('fn', 'b', 'a'));
    symlinkSync('self', at('fn', 'self'));
    await using watching = await Watching.start(root());
    writeFileSync(at('fn', 'a', 'x.mjs'), 'two');
    await watching.sees('a/x.mjs');
    expect(watching.files).toEqual(['a/x.mjs']);
  });
});
