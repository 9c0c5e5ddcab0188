import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A file that a Dockerfile can copy. */
export interface ContextFile {
  /** Below the context, with `/`. */
  path: string;
  executable: boolean;
  content: Buffer;
}

/** What machines leave in folders, and what is not of the context itself. */
const IGNORED = /^(?:__pycache__|node_modules|\.DS_Store|Dockerfile|.*\.pyc)$/;
const DOCKERFILE = 'Dockerfile';

/**
 * All files of a folder, sorted by path, so that the same files are the same context on every machine. Read at once: they are few and
 * small, and somebody waits for lambdock to start.
 */
export function readContext(folder: string): ContextFile[] {
  return filesBelow(folder, '')
    .sort()
    .map((path) => {
      const file = join(folder, path);
      return { path, executable: (statSync(file).mode & 0o100) !== 0, content: readFileSync(file) };
    });
}

function filesBelow(folder: string, below: string): string[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  return entries.flatMap((entry) => {
    if (IGNORED.test(entry.name)) return [];
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, path);
    return entry.isFile() ? [path] : [];
  });
}

/** The archive that the engine builds from. Times and owners are the same for all, as the engine caches by them. */
export async function packContext(dockerfile: string, files: readonly ContextFile[]): Promise<Readable> {
  // In the bundle a CommonJS package has only its default export.
  const { default: tar } = await import('tar-stream');
  const archive = tar.pack();
  const mtime = new Date(0);
  archive.entry({ name: DOCKERFILE, mode: 0o644, mtime }, dockerfile);
  for (const { path, executable, content } of files)
    archive.entry({ name: path, mode: executable ? 0o755 : 0o644, mtime }, content);
  archive.finalize();
  return archive;
}
