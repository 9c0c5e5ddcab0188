import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reading more than that would be felt at the first start of a function; who has so much code has packages with it. */
const MOST_FILES = 500;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * What a function's own files name, by `pattern`'s first group (or the whole match): looked for in the text, so that a name in a
 * comment counts too. Folders called as in `skip` are passed over.
 */
export async function namesInCode(
  folders: readonly string[],
  { files, pattern, skip }: { files: RegExp; pattern: RegExp; skip: ReadonlySet<string> },
): Promise<Set<string>> {
  const names = new Set<string>();
  const waiting = [...folders];
  let count = 0;
  let bytes = 0;
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !skip.has(entry.name)) waiting.push(path);
      if (!entry.isFile() || !files.test(entry.name)) continue;
      const text = await readFile(path, 'latin1');
      count++;
      bytes += text.length;
      for (const [all, name = all] of text.matchAll(pattern)) names.add(name);
      if (count >= MOST_FILES || bytes >= MOST_BYTES) return names;
    }
  }
  return names;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
