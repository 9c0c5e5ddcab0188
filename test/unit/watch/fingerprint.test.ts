import { mkdirSync, renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileStamp, sameContent, stampFile } from '../../../src/execution/watch/file-stamp.ts';
import { Fingerprint } from '../../../src/execution/watch/fingerprint.ts';
import { temporaryFolder } from './support.ts';

function stamp(content: string): FileStamp {
  return { size: BigInt(content.length), mtimeNs: 1n, ctimeNs: 1n, ino: 1n, hash: content, recent: false };
}

describe('fingerprint', () => {
  it('reports what came, changed and went, sorted', () => {
    const fingerprint = new Fingerprint();
    fingerprint.observeAll(
      new Map([
        ['b', stamp('1')],
        ['c', stamp('1')],
        ['d', stamp('1')],
      ]),
    );
    fingerprint.settle();
    fingerprint.observeAll(
      new Map([
        ['d', stamp('2')],
        ['b', stamp('1')],
        ['a', stamp('1')],
      ]),
    );
    expect(fingerprint.changes()).toEqual(['a', 'c', 'd']);
    expect(fingerprint.settle()).toEqual({ files: ['a', 'c', 'd'], appearedOrGone: ['a', 'c'] });
    expect(fingerprint.changes()).toEqual([]);
  });

  it('takes a change that was taken back for none', () => {
    const fingerprint = new Fingerprint();
    fingerprint.observe('a', stamp('1'));
    fingerprint.settle();
    fingerprint.observe('a', stamp('2'));
    fingerprint.observe('a', stamp('1'));
    fingerprint.observe('b', stamp('1'));
    fingerprint.observe('b', undefined);
    expect(fingerprint.changes()).toEqual([]);
  });

  it('doubts files that vanished or became empty, not those that were empty before', () => {
    const fingerprint = new Fingerprint();
    for (const [path, content] of [
      ['gone', '1'],
      ['emptied', '1'],
      ['edited', '1'],
      ['empty', ''],
    ] as const)
      fingerprint.observe(path, stamp(content));
    fingerprint.settle();
    fingerprint.observe('gone', undefined);
    fingerprint.observe('emptied', stamp(''));
    fingerprint.observe('edited', stamp('2'));
    fingerprint.observe('empty', stamp(''));
    fingerprint.observe('new', stamp(''));
    const marks = fingerprint.doubtful().map((mark) => mark.replace(/@\d+$/, ''));
    expect(marks.sort()).toEqual(['emptied', 'gone', 'new']);
  });

  it('forgets without reporting', () => {
    const fingerprint = new Fingerprint();
    fingerprint.observe('a', stamp('1'));
    fingerprint.settle();
    fingerprint.observe('b', stamp('1'));
    fingerprint.forget(() => true);
    fingerprint.observeAll(new Map());
    expect(fingerprint.changes()).toEqual([]);
  });
});

describe('file stamp', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;

  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder.path, 'a.mjs');
  });
  afterEach(() => folder.remove());

  it('tells content from times', async () => {
    writeFileSync(file, 'one');
    const first = (await stampFile(file, undefined))!;
    utimesSync(file, 1, 1);
    expect(sameContent(first, (await stampFile(file, first))!)).toBe(true);
    writeFileSync(file, 'two');
    utimesSync(file, 1, 1);
    expect(sameContent(first, (await stampFile(file, first))!)).toBe(false);
  });

  it('sees a write of equal size in the same tick of the file system', async () => {
    for (let round = 0; round < 50; round++) {
      writeFileSync(file, 'one');
      const first = (await stampFile(file, undefined))!;
      writeFileSync(file, 'two');
      expect(sameContent(first, (await stampFile(file, first))!)).toBe(false);
    }
  });

  it('reads again what was read right after a write, and trusts the times of older files', async () => {
    writeFileSync(file, 'one');
    const first = (await stampFile(file, undefined))!;
    expect(first.recent).toBe(true);
    const mistaken = { ...first, hash: 'of what was there a moment before' };
    expect(await stampFile(file, mistaken)).toEqual(first);
    const trusted = { ...mistaken, recent: false };
    expect(await stampFile(file, trusted)).toBe(trusted);
  });

  it('knows a replaced file by its content', async () => {
    writeFileSync(file, 'one');
    const first = (await stampFile(file, undefined))!;
    writeFileSync(`${file}.new`, 'one');
    renameSync(`${file}.new`, file);
    expect(sameContent(first, (await stampFile(file, first))!)).toBe(true);
  });

  it('compares large files by size and time', async () => {
    writeFileSync(file, '');
    truncateSync(file, 2 * 1024 * 1024);
    const first = (await stampFile(file, undefined))!;
    expect(first.hash).toBeUndefined();
    expect(sameContent(first, (await stampFile(file, first))!)).toBe(true);
    utimesSync(file, 1, 1);
    expect(sameContent(first, (await stampFile(file, first))!)).toBe(false);
  });

  it('has no stamp for what is no file', async () => {
    expect(await stampFile(join(folder.path, 'none'), undefined)).toBeUndefined();
    expect(await stampFile(folder.path, undefined)).toBeUndefined();
    mkdirSync(join(folder.path, 'sub'));
    symlinkSync(join(folder.path, 'loop'), join(folder.path, 'loop'));
    expect(await stampFile(join(folder.path, 'loop'), undefined)).toBeUndefined();
  });
});
