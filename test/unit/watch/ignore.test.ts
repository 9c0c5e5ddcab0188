import { describe, expect, it } from 'vitest';
import { DEFAULT_IGNORES, IgnoreList, ignoreLines } from '../../../src/execution/watch/ignore.ts';

function ignored(patterns: string[], path: string, isDirectory = false): boolean {
  return new IgnoreList(patterns).ignores(path, isDirectory);
}

describe('ignore list', () => {
  it.each<[string, string, boolean]>([
    ['*.txt', 'a.txt', true],
    ['*.txt', 'deep/down/a.txt', true],
    ['*.txt', 'a.txt.mjs', false],
    ['/a.txt', 'a.txt', true],
    ['/a.txt', 'sub/a.txt', false],
    ['./a.txt', 'sub/a.txt', false],
    ['sub/a.txt', 'sub/a.txt', true],
    ['sub/a.txt', 'other/sub/a.txt', false],
    ['sub/*.txt', 'sub/deep/a.txt', false],
    ['sub/**', 'sub/deep/a.txt', true],
    ['**/a.txt', 'a.txt', true],
    ['**/a.txt', 'x/y/a.txt', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['?.txt', '😀.txt', true],
    ['[ab].txt', 'b.txt', true],
    ['[!ab].txt', 'b.txt', false],
    ['[a-c].txt', 'b.txt', true],
    ['[z-a].txt', 'b.txt', false],
    ['[.txt', '[.txt', true],
    ['a.c', 'abc', false],
    ['über*', 'über-uns.html', true],
    ['(a|b)+', '(a|b)+', true],
    ['\\!a', '!a', true],
    ['\\#a', '#a', true],
    ['# a', '# a', false],
    ['a  ', 'a', true],
    ['build', 'build/out.js', true],
    ['/', 'a', false],
    ['', 'a', false],
  ])('%j matches %j: %j', (pattern, path, expected) => {
    expect(ignored([pattern], path)).toBe(expected);
  });

  it('takes a trailing slash to mean folders only', () => {
    expect(ignored(['out/'], 'out', true)).toBe(true);
    expect(ignored(['out/'], 'out', false)).toBe(false);
    expect(ignored(['out/'], 'out/a.js', false)).toBe(true);
  });

  it('lets the last matching pattern decide', () => {
    expect(ignored(['*.json', '!keep.json'], 'keep.json')).toBe(false);
    expect(ignored(['!keep.json', '*.json'], 'keep.json')).toBe(true);
  });

  it('ignores all that lies in an ignored folder, taken back or not', () => {
    expect(ignored(['data', '!data/keep.json'], 'data/keep.json')).toBe(true);
  });

  it.each([
    '.git/index',
    'node_modules/x/index.js',
    'sub/__pycache__/a.pyc',
    '.venv/bin/python',
    '.handler.mjs.swp',
    'handler.mjs~',
    '.#handler.mjs',
    '#handler.mjs#',
    '4913',
    'handler.mjs___jb_tmp___',
    'server.log',
    'app.db-journal',
  ])('by default ignores %s', (path) => {
    expect(ignored([...DEFAULT_IGNORES], path)).toBe(true);
  });

  it.each(['handler.mjs', 'dist/a.js', 'go.mod', '.env', 'data.json', 'tmp/a.js', 'catalog'])(
    'by default keeps %s',
    (path) => {
      expect(ignored([...DEFAULT_IGNORES], path)).toBe(false);
    },
  );

  it('reads lines of any system', () => {
    expect(ignored(ignoreLines('a.txt\r\nb.txt\n# c\n\n'), 'b.txt')).toBe(true);
    expect(ignored(ignoreLines('a.txt\r\n'), 'a.txt')).toBe(true);
  });
});
