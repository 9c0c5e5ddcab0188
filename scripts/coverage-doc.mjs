// Writes docs/coverage.md: `npm run coverage-doc`. A test tells when it has to be run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Inside, for Node to find the packages from there. */
const folder = mkdtempSync(join(root, 'node_modules', '.coverage-'));
try {
  const outfile = join(folder, 'coverage.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['scripts/coverage.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  const { coverageDocument } = await import(pathToFileURL(outfile).href);
  writeFileSync(join(root, 'docs', 'coverage.md'), await coverageDocument());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
