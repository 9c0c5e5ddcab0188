import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const COMPRESSED = /\.(?:css|js|svg|txt)$/;

/**
 * Bundles the web console into dist/console, with compressed copies beside its files. Left as it is when nothing that it is
 * made from has changed, for it takes longer than all the rest of a build. Resolves with `outputs`, the files it consists of, and `inputs`, the
 * modules of packages in it, all relative to `root`.
 */
export async function buildConsole(root) {
  const stampFile = join(root, 'dist', 'console', 'build.json');
  const sources = digest(root);
  const stamp = readStamp(stampFile);
  if (stamp?.sources === sources && stamp.outputs.every((path) => existsSync(join(root, path)))) return stamp;

  const { build } = await import('vite');
  const { output } = await build({
    configFile: join(root, 'src/console/app/vite.config.ts'),
    logLevel: 'warn',
  });
  const folder = join(root, 'dist', 'console');
  const files = output.map(({ fileName }) => join(folder, fileName));
  const compressed = files.filter((path) => COMPRESSED.test(path)).flatMap(compress);
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? []);
  const built = {
    sources,
    outputs: [...files, ...compressed, stampFile].map((path) => relative(root, path)),
    inputs: [...new Set(modules)]
      .map((path) => relative(root, path.replace(/^\0/, '').split('?')[0]))
      .filter((path) => path.startsWith('node_modules/')),
  };
  writeFileSync(stampFile, JSON.stringify(built));
  return built;
}

function compress(path) {
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  return [`${path}.br`, `${path}.gz`];
}

/** Changes with the console's source, with its packages and with this script. */
function digest(root) {
  const folder = join(root, 'src/console/app');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, join(root, 'package-lock.json'), import.meta.filename])
    hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

function readStamp(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
