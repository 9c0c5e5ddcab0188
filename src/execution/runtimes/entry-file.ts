import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeLocation } from '../runtime.ts';
import { SourceFailure } from '../source.ts';

/** Rejects with SourceFailure unless there is a file to load, in words that no language's own loader has for it. */
export async function checkEntry({ directory, entry }: CodeLocation): Promise<void> {
  const path = join(directory, entry);
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const gone = code === 'ENOENT' || code === 'ENOTDIR';
    throw failure(entry, gone ? `there is no ${path} any more` : `${path} can't be read (${code})`);
  }
  if (!stats.isFile()) throw failure(entry, `${path} is not a file`);
}

function failure(file: string, message: string): SourceFailure {
  return new SourceFailure({ kind: 'load', message, file });
}
