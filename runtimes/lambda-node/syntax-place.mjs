import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** In what order files are looked at is that of their imports, so that the first of many is most likely among these. */
const MOST_FILES = 20;
const RELATIVE_IMPORT = /\b(?:import|from)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** What the first line of the stack of a syntax error tells, like `/var/task/index.js:3`. */
export function placeIn(text) {
  const first = String(text).split('\n', 1)[0];
  return /^(\/|file:\/\/).*:\d+$/.test(first) ? first.replace(/^file:\/\//, '') : undefined;
}

/**
 * Where the syntax error lies that kept an ES module from being loaded. Node tells the place only where it prints such an
 * error, so it is asked to check the module and what that imports once more, without running them.
 */
export function findSyntaxError(entry) {
  const files = new Set([entry]);
  for (const file of files) {
    const { status, stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
    if (status !== 0) return placeIn(stderr);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORT)) {
      const path = resolve(dirname(file), specifier);
      if (files.size < MOST_FILES && existsSync(path)) files.add(path);
    }
  }
  return undefined;
}
