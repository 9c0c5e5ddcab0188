import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Runtime, RuntimeCatalogue } from '../execution/runtime.ts';
import { errorCode } from '../storage/errors.ts';
import { titleFromName, unknownRuntime, versionsOf } from './function-rules.ts';
import { RequestError } from './functions.ts';

/** Where a linked function's code lies, and what runs it. */
export interface LinkTarget {
  /** What the user named, absolute; links on the way are left as they are, so that they can be repointed. */
  path: string;
  directory: string;
  /** The handler file, relative to `directory`. */
  entry: string;
  runtime: Runtime;
  /** The file's or folder's name. */
  title: string;
}

/** Looks at a path of this machine. Rejects with RequestError 400 that says what was looked for. */
export async function findLinkTarget(
  catalogue: RuntimeCatalogue,
  input: { path: string; runtime?: string | undefined },
): Promise<LinkTarget> {
  if (!isAbsolute(input.path) || input.path.includes('\0'))
    throw new RequestError(400, 'path must be an absolute path of this machine');
  const path = resolve(input.path);
  const candidates = input.runtime === undefined ? catalogue.list() : versionsOf(catalogue, input.runtime);
  if (candidates.length === 0) throw unknownRuntime(catalogue, input.runtime ?? '');

  const stats = await look(path);
  if (!stats) throw new RequestError(400, `path ${path} does not exist`);
  const title = titleFromName(basename(path));
  if (stats.isFile()) {
    const entry = basename(path);
    const runtime = runtimeOfFile(catalogue, candidates, entry, input.runtime !== undefined);
    return { path, directory: dirname(path), entry, runtime, title };
  }
  if (!stats.isDirectory()) throw new RequestError(400, `path ${path} is neither a file nor a folder`);
  for (const runtime of candidates) {
    for (const entry of runtime.definition.entries) {
      if ((await look(join(path, entry)))?.isFile()) return { path, directory: path, entry, runtime, title };
    }
  }
  throw new RequestError(400, `path ${path} has no handler file; looked for ${entryNames(candidates)}`);
}

/** A language that was named is believed, whatever the file is called. */
function runtimeOfFile(
  catalogue: RuntimeCatalogue,
  candidates: readonly Runtime[],
  entry: string,
  named: boolean,
): Runtime {
  const guessed = catalogue.forEntry(entry);
  if (guessed && candidates.some((one) => one.definition === guessed.definition)) return guessed;
  if (named) return candidates[0]!;
  throw new RequestError(
    400,
    `path: no runtime is known for ${entry}; name the runtime, or call the file ${entryNames(candidates)}`,
  );
}

function entryNames(runtimes: readonly Runtime[]): string {
  return [...new Set(runtimes.flatMap((runtime) => runtime.definition.entries))].join(', ');
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RequestError(400, `path ${path} can't be read (${code ?? String(error)})`);
  }
}
