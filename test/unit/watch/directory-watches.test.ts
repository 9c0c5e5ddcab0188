import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DirectoryEvent, DirectoryWatches } from '../../../src/execution/watch/directory-watches.ts';
import { temporaryFolder, until } from './support.ts';

describe('directory watches', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let events: DirectoryEvent[];
  let watches: DirectoryWatches;

  beforeEach(() => {
    folder = temporaryFolder();
    events = [];
    watches = new DirectoryWatches((event) => events.push(event));
  });
  afterEach(() => {
    watches.close();
    folder.remove();
  });

  const named = (name: string) => events.filter((event) => event.name === name);

  it('follow a folder made anew that can not be told from the old one', async () => {
    const path = join(folder.path, 'sub');
    mkdirSync(path);
    watches.arm(path, 'always the same');
    rmdirSync(path);
    mkdirSync(path);
    await until('removal is told', () => events.length > 0);
    watches.arm(path, 'always the same');
    writeFileSync(join(path, 'a.mjs'), 'x');
    await until('the file is told', () => named('a.mjs').length > 0);
  });

  it('tell of nothing but the names asked for', async () => {
    watches.arm(folder.path, '', 'wanted');
    writeFileSync(join(folder.path, 'other'), 'x');
    writeFileSync(join(folder.path, 'wanted'), 'x');
    await until('the name is told', () => named('wanted').length > 0);
    expect(named('other')).toEqual([]);
    expect(events.every((event) => event.byName)).toBe(true);
  });

  it('end with the round that no longer asks for them', () => {
    const other = join(folder.path, 'other');
    mkdirSync(other);
    watches.arm(folder.path, '');
    watches.arm(other, '');
    watches.sweep();
    watches.arm(folder.path, '');
    watches.sweep();
    expect(watches.size).toBe(1);
  });

  it('leave a folder alone that is not there', () => {
    watches.arm(join(folder.path, 'none'), '');
    expect(watches.size).toBe(0);
  });
});
