import { describe, expect, it } from 'vitest';
import { shortPath, toolchainSummary } from '../../../src/cli/banner.ts';
import { reloadLines } from '../../../src/cli/reload-lines.ts';
import { styleFor } from '../../../src/cli/style.ts';
import { tableLines } from '../../../src/cli/table.ts';
import { fitWidth, printable, textWidth } from '../../../src/cli/text-width.ts';
import type { JournalEntry, JournalEvent } from '../../../src/journal/journal.ts';

const plain = styleFor(false, {});

describe('text width', () => {
  it.each([
    ['abc', 3],
    ['', 0],
    ['日本', 4],
    ['한국어', 6],
    ['é', 1],
    ['e\u0301', 1],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['\u001b[31mred\u001b[39m', 3],
    ['ｆｕｌｌ', 8],
  ])('of %j is %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('is kept to without cutting a character in two', () => {
    expect(fitWidth('hello', 5)).toBe('hello');
    expect(fitWidth('hello world', 6)).toBe('hello…');
    expect(fitWidth('日本語', 4)).toBe('日…');
  });

  it("keeps others' text from steering the terminal", () => {
    expect(printable('a\u001b[2Jb\nc\u202ed')).toBe('a�[2Jb�c�d');
  });
});

describe('a table', () => {
  const columns = [{ title: 'ID' }, { title: 'TITLE', flexible: true }, { title: 'URL' }];

  it('aligns wide characters', () => {
    const lines = tableLines(columns, [
      ['1', '日本', 'x'],
      ['2', 'abcdef', 'y'],
    ]);
    expect(lines).toEqual(['ID  TITLE   URL', '1   日本    x', '2   abcdef  y']);
  });

  it('cuts flexible cells to fit the terminal', () => {
    const [, row] = tableLines(columns, [['1', 'a very long title indeed', 'http://x']], { width: 24 });
    expect(row).toBe('1   a very lo…  http://x');
  });
});

describe('colours', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, true],
  ])('terminal %j with %j: %j', (isTerminal, env, coloured) => {
    expect(styleFor(isTerminal, env).red('x') !== 'x').toBe(coloured);
  });
});

describe('the line of a reload', () => {
  const entry = (event: JournalEvent): JournalEntry => ({ seq: 1, time: '2026-01-01T10:00:00Z', ...event });
  const lines = (event: JournalEvent) =>
    reloadLines(entry(event), { style: plain }).map((line) => line.slice(10));

  it('tells what changed and how long it took', () => {
    expect(
      lines({ type: 'reload.finished', id: 'x', files: ['handler.mjs'], durationMs: 13.6, outcome: 'ready' }),
    ).toEqual(['ready    14 ms  handler.mjs']);
  });

  it('counts files beyond the first three', () => {
    const files = ['a', 'b', 'c', 'd', 'e'];
    const [line] = lines({ type: 'reload.finished', id: 'x', files, durationMs: 2345, outcome: 'ready' });
    expect(line).toBe('ready    2.3 s  a, b, c and 2 more');
  });

  it("shows a failure's place, then the user's stack", () => {
    expect(
      lines({
        type: 'reload.finished',
        id: 'x',
        files: ['handler.mjs'],
        durationMs: 8,
        outcome: 'failed',
        error: {
          kind: 'load',
          name: 'TypeError',
          message: 'x is not a function',
          stack: 'TypeError: x is not a function\n    at handler.mjs:3:5',
          file: 'handler.mjs',
          line: 3,
          column: 5,
        },
      }),
    ).toEqual([
      'failed    8 ms  handler.mjs  TypeError: x is not a function (handler.mjs:3:5)',
      '    at handler.mjs:3:5',
    ]);
  });

  it('tells that a process ended by itself, and nothing of one that was stopped', () => {
    const exit = { type: 'workload.exited', id: 'x', workload: 'w', reason: 'ended with code 1' } as const;
    expect(lines({ ...exit, expected: false })).toEqual(['exited  ended with code 1']);
    expect(lines({ ...exit, expected: true })).toEqual([]);
  });
});

describe('a path', () => {
  it.each([
    ['/work/app/data', 'data'],
    ['/work/app', '.'],
    ['/home/me/x', '~/x'],
    ['/home/me', '~'],
    ['/home/meme', '/home/meme'],
    ['/etc', '/etc'],
  ])('%s is written %s', (path, written) => {
    expect(shortPath(path, '/work/app', '/home/me')).toBe(written);
  });
});

it('toolchains are told with their versions, missing ones as missing', () => {
  const summary = toolchainSummary(
    [
      { tool: 'node', wanted: '20', version: '20.1.0', usable: true },
      { tool: 'go', wanted: '1.22', usable: false, notice: 'install it' },
    ],
    plain,
  );
  expect(summary).toBe('node 20.1.0, go 1.22 missing');
});
