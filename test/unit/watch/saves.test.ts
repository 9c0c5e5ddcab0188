import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { pass, temporaryFolder, until, Watching } from './support.ts';

describe('saving a file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let watching: Watching;
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeEach(async () => {
    folder = temporaryFolder();
    writeFileSync(at('handler.mjs'), 'one');
    writeFileSync(at('lib.mjs'), 'one');
    watching = await Watching.start(folder.path);
  });
  afterEach(async () => {
    await watching[Symbol.asyncDispose]();
    folder.remove();
  });

  it('is told once: dirty, then settled', async () => {
    writeFileSync(at('handler.mjs'), 'two');
    await watching.sees('handler.mjs');
    expect(watching.log).toEqual(['dirty', 'settled handler.mjs']);
  });

  it('with the same content is clean', async () => {
    utimesSync(at('handler.mjs'), 1, 1);
    await until('clean', () => watching.clean === 1);
    writeFileSync(at('handler.mjs'), 'one');
    await until('clean again', () => watching.clean === 2);
    expect(watching.settled).toEqual([]);
  });

  it.each<[string, () => void]>([
    [
      'by temporary file and rename',
      () => {
        writeFileSync(at('.handler.mjs.8f3a'), 'two');
        renameSync(at('.handler.mjs.8f3a'), at('handler.mjs'));
      },
    ],
    [
      'as vim does, with a backup and a probe',
      () => {
        writeFileSync(at('4913'), '');
        unlinkSync(at('4913'));
        renameSync(at('handler.mjs'), at('handler.mjs~'));
        writeFileSync(at('handler.mjs'), 'two');
        unlinkSync(at('handler.mjs~'));
      },
    ],
    [
      'as JetBrains does',
      () => {
        writeFileSync(at('handler.mjs___jb_tmp___'), 'two');
        renameSync(at('handler.mjs'), at('handler.mjs___jb_old___'));
        renameSync(at('handler.mjs___jb_tmp___'), at('handler.mjs'));
        unlinkSync(at('handler.mjs___jb_old___'));
      },
    ],
    [
      'by deletion and creation',
      () => {
        rmSync(at('handler.mjs'));
        writeFileSync(at('handler.mjs'), 'two');
      },
    ],
  ])('%s is one reload', async (_name, save) => {
    save();
    await watching.sees('handler.mjs');
    expect(watching.settled).toEqual([['handler.mjs']]);
  });

  it('that truncates first is not believed empty', async () => {
    const clock = new ManualClock();
    await using patient = await Watching.start(folder.path, { clock });
    const descriptor = openSync(at('handler.mjs'), 'w');
    await until('dirty', () => patient.dirty === 1);
    await clock.advance(40);
    writeSync(descriptor, 'two');
    closeSync(descriptor);
    for (let turns = 0; turns < 5; turns++) await turn();
    await pass(clock, 'settled', () => patient.settled.length === 1);
    expect(await patient.watcher.verify()).toEqual([]);
    expect(patient.settled).toEqual([['handler.mjs']]);
  });

  it('that leaves it empty, and its removal, are believed in the end', async () => {
    writeFileSync(at('handler.mjs'), '');
    rmSync(at('lib.mjs'));
    await watching.sees('handler.mjs', 'lib.mjs');
    expect(watching.settled).toHaveLength(1);
  });

  it('of equal length right after the last one is seen', async () => {
    for (let version = 10; version < 40; version++) {
      watching.clear();
      writeFileSync(at('handler.mjs'), `${version}`);
      await watching.sees('handler.mjs');
    }
  });

  it('a thousand times in a row ends with the last content settled', async () => {
    for (let version = 1; version <= 1_000; version++) {
      writeFileSync(at('handler.mjs'), `version ${String(version).padStart(4, '0')}`);
      if (version % 7 === 0) await turn();
    }
    await watching.sees('handler.mjs');
    expect(await watching.watcher.verify()).toEqual([]);
    expect(watching.log.at(-1)).toBe('settled handler.mjs');
    expect(watching.dirty).toBeLessThan(500);
  });

  it('under a unicode name, and renaming by case only, are seen', async () => {
    writeFileSync(at('größe 😀.mjs'), 'x');
    await watching.sees('größe 😀.mjs');
    watching.clear();
    renameSync(at('lib.mjs'), at('Lib.mjs'));
    await watching.sees('Lib.mjs', 'lib.mjs');
  });

  it('of an ignored file is not even a hint', async () => {
    writeFileSync(at('handler.mjs.swp'), 'x');
    appendFileSync(at('server.log'), 'x');
    writeFileSync(at('handler.mjs'), 'two');
    await watching.sees('handler.mjs');
    expect(watching.log).toEqual(['dirty', 'settled handler.mjs']);
  });

  it('that no event told of is found by verify, which makes it settle', async () => {
    const changes = watching.watcher.verify();
    writeFileSync(at('lib.mjs'), 'two');
    expect([[], ['lib.mjs']]).toContainEqual(await changes);
    expect(await watching.watcher.verify()).toEqual(['lib.mjs']);
    await watching.sees('lib.mjs');
    expect(await watching.watcher.verify()).toEqual([]);
  });

  it('by the function itself, again and again, stops reloading it', async () => {
    for (let write = 1; write <= 5; write++) {
      watching.clear();
      writeFileSync(at('visits.json'), `${write}`);
      await watching.sees('visits.json');
    }
    expect(watching.notices.join()).toContain('visits.json');
    watching.clear();
    writeFileSync(at('visits.json'), 'more');
    writeFileSync(at('handler.mjs'), 'two');
    await watching.sees('handler.mjs');
    expect(watching.files).toEqual(['handler.mjs']);
    expect(watching.dirty).toBe(1);
  });
});
