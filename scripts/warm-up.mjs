import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMIT = 10 * 60_000;

/**
 * Runs the example functions once, with the given cache: what takes its time at the first use of a language, Python's
 * environment and Go's standard library, is then there for every test. Resolves with the languages that did not serve.
 */
export async function warmUp(root, cacheDir) {
  const folder = mkdtempSync(join(tmpdir(), 'lambdock-warm-up-'));
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('LAMBDOCK_'));
  const daemon = spawn(
    process.execPath,
    [join(root, 'dist/cli/main.js'), 'start', '--example', '--ephemeral', '--port', '0'],
    {
      cwd: folder,
      env: {
        ...Object.fromEntries(others),
        LAMBDOCK_CACHE_DIR: cacheDir,
        LAMBDOCK_DRIVER: 'process',
        LAMBDOCK_START_TIMEOUT: '60s',
        XDG_DATA_HOME: folder,
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const missing = [];
  const limit = setTimeout(() => daemon.kill('SIGTERM'), LIMIT);
  let output = '';
  let told = false;
  daemon.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
    const lines = output.split('\n');
    output = lines.pop();
    for (const line of lines) {
      if (told) continue;
      console.log(`  ${line}`);
      const failed = /^ {2}✗ (\w+)/.exec(line)?.[1];
      if (failed) missing.push(failed);
      told = /^(Edit|None) /.test(line);
      if (told) daemon.kill('SIGTERM');
    }
  });
  await new Promise((resolve) => daemon.once('close', resolve));
  clearTimeout(limit);
  rmSync(folder, { recursive: true, force: true });
  return told ? missing : ['node', 'python', 'golang'];
}
