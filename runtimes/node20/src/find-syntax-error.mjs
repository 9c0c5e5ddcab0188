import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const MAX_FILES = 100;
const SPECIFIER = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * Where in a module or the files it imports the syntax error is. Node keeps the place to itself when an import
 * fails, but `node --check` prints it, at the cost of a process, spent only once the code is known to be wrong.
 */
export async function findSyntaxError(entryPath) {
  const seen = new Set([entryPath]);
  for (const path of seen) {
    const place = readArrow(await check(path));
    if (place) return { ...place, path };
    if (seen.size < MAX_FILES) for (const imported of await importsOf(path)) seen.add(imported);
  }
  return undefined;
}

/** Reads `path:line`, the source line and the caret (none at the end of the file) that Node prints before the error. */
export function readArrow(text) {
  const match = /^((?:file:\/\/)?\S.*):(\d+)\n(.*\n([ \t]*)\^*)$/m.exec(text);
  if (match?.index !== 0) return undefined;
  const [, path, line, frame, indent] = match;
  return { path, line: Number(line), column: indent.length + 1, frame: frame.trimEnd() };
}

function check(path) {
  return new Promise((done) => {
    execFile(process.execPath, ['--check', path], (_error, _stdout, stderr) => done(stderr));
  });
}

async function importsOf(path) {
  const text = await readFile(path, 'utf8').catch(() => '');
  return [...text.matchAll(SPECIFIER)].map(([, specifier]) => resolve(dirname(path), specifier));
}
