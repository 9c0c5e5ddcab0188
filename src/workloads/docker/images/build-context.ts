import { readdir, readFile, stat } from 'node:fs/promises';
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

/** All files of a folder, sorted by path, so that the same files are the same context on every machine. */
export async function readContext(folder: string): Promise<ContextFile[]> {
  const paths = (await filesBelow(folder, '')).sort();
  return Promise.all(
    paths.map(async (path) => {
      const file = join(folder, path);
      const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
      return { path, executable: (mode & 0o100) !== 0, content };
    }),
  );
}

async function filesBelow(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !IGNORED.test(name))
      .map(async (entry) => {
        const path = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) return filesBelow(folder, path);
        return entry.isFile() ? [path] : [];
      }),
  );
  return found.flat();
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
