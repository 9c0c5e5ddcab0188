import { execFile } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SERVER = fileURLToPath(new URL('../../runtimes/golang1.22/server/', import.meta.url));

/**
 * What Go's compiler alone needs for a function: the handler together with the runtime's server, in a folder of its own.
 * @param {string} file the handler
 * @param {(text: string) => string} code
 * @returns {(text: string) => Promise<number>} writes the handler anew and builds it; ms of the build
 */
export function goBuild(file, code) {
  const folder = dirname(file);
  for (const name of readdirSync(SERVER)) {
    copyFileSync(join(SERVER, name), join(folder, name === 'go.mod.template' ? 'go.mod' : name));
  }
  const args = ['build', '-buildvcs=false', '-ldflags=-s -w', '-o', 'binary', '.'];
  return async (text) => {
    writeFileSync(file, code(text));
    const start = performance.now();
    await run('go', args, { cwd: folder, env: { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off' } });
    return performance.now() - start;
  };
}
