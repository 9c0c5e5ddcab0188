import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { type Look, Settling } from '../../../src/execution/watch/settling.ts';

const NOTHING: Look = { changed: [], doubtful: [] };
const EDITED: Look = { changed: ['a.mjs'], doubtful: [] };
const EMPTIED: Look = { changed: ['a.mjs'], doubtful: ['a.mjs'] };

describe('settling', () => {
  let clock: ManualClock;
  let start: number;
  let log: string[];
  let look: () => Promise<Look>;
  let settling: Settling;

  const say = (word: string) => log.push(`${clock.monotonic() - start} ${word}`);

  beforeEach(() => {
    clock = new ManualClock();
    start = clock.monotonic();
    log = [];
    look = async () => EDITED;
    settling = new Settling({
      clock,
      look: () => look(),
      onDirty: () => say('dirty'),
      onSettled: (firstSeen) => say(`settled ${firstSeen - start}`),
      onClean: () => say('clean'),
      onError: (error) => say(error.message),
    });
  });

  it('is dirty at once and settles a lone save after 3 ms of quiet', async () => {
    settling.hint('a.mjs');
    expect(log).toEqual(['0 dirty']);
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '3 settled 0']);
  });

  it('does not believe a file to be empty because saves never pause', async () => {
    let time = 0;
    // Each look catches the file between truncating and writing, until one does not.
    look = async () => (time > 600 ? EDITED : { changed: ['a.mjs'], doubtful: [`a.mjs@${time}`] });
    for (; time < 700; time += 2) {
      settling.hint('a.mjs');
      await clock.advance(2);
    }
    expect(log[1]).toMatch(/^60\d settled 0$/);
  });

  it('is clean again when nothing differs', async () => {
    look = async () => NOTHING;
    settling.hint('a.mjs');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '3 clean']);
    settling.hint('a.mjs');
    expect(log.at(-1)).toBe('100 dirty');
  });

  it('counts the quiet from the last hint of a save', async () => {
    settling.hint('a.mjs');
    await clock.advance(2);
    settling.hint('a.mjs');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '5 settled 0']);
  });

  it('waits for 20 ms of quiet once many files change', async () => {
    for (const path of ['a', 'b', 'c', 'd']) settling.hint(path);
    await clock.advance(15);
    settling.hint('e');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '35 settled 0']);
  });

  it('waits for 20 ms of quiet once one file changes without a pause', async () => {
    for (let time = 0; time < 12; time += 2) {
      settling.hint('a.mjs');
      await clock.advance(2);
    }
    settling.hint('a.mjs');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '32 settled 0']);
  });

  it('settles after 500 ms however busy the folder is, and is dirty again with the next hint', async () => {
    for (let time = 0; time < 502; time += 2) {
      settling.hint('a.mjs');
      await clock.advance(2);
    }
    expect(log.slice(0, 3)).toEqual(['0 dirty', '500 settled 0', '500 dirty']);
    await clock.advance(100);
    expect(log[3]).toMatch(/settled 500/);
  });

  it('gives an emptied file 60 ms to be filled', async () => {
    look = async () => EMPTIED;
    settling.hint('a.mjs');
    await clock.advance(40);
    expect(log).toEqual(['0 dirty']);
    look = async () => EDITED;
    settling.hint('a.mjs');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '43 settled 0']);
  });

  it('believes a file that stays empty', async () => {
    look = async () => EMPTIED;
    settling.hint('a.mjs');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '63 settled 0']);
  });

  it('does not doubt beyond 5 s', async () => {
    let file = 0;
    look = async () => ({ changed: ['x'], doubtful: [`${file++}`] });
    settling.hint('a.mjs');
    await clock.advance(6_000);
    expect(log).toEqual(['0 dirty', '5000 settled 0']);
  });

  it('looks again when a hint arrives during a look', async () => {
    let finish = (_: Look) => {};
    look = () => new Promise((resolve) => (finish = resolve));
    settling.hint('a.mjs');
    await clock.advance(3);
    settling.hint('a.mjs');
    look = async () => EDITED;
    finish(NOTHING);
    await clock.advance(100);
    expect(log).toEqual(['0 dirty', '6 settled 0']);
  });

  it('reports a failed look and lets requests go on', async () => {
    look = () => Promise.reject(new Error('disk on fire'));
    settling.hint('a.mjs');
    await clock.advance(10);
    expect(log).toEqual(['0 dirty', '3 disk on fire', '3 clean']);
  });

  it('says nothing after it was stopped', async () => {
    settling.hint('a.mjs');
    settling.stop();
    settling.hint('a.mjs');
    await clock.advance(100);
    expect(log).toEqual(['0 dirty']);
    expect(clock.pending).toBe(0);
  });
});
