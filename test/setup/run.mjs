import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and resolves with what it wrote to stdout, without the last line break. Rejects with the last
 * lines of both streams when it fails, or when it is not there.
 */
export function run(program, args, { env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      all = (all + text).slice(-4000);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      all = (all + text).slice(-4000);
    });
    child.once('error', (error) => {
      reject(error.code === 'ENOENT' ? new Error(`${program} is not installed`) : error);
    });
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(out.trimEnd());
      const last = all.trimEnd().split('\n').slice(-8).join('\n');
      reject(new Error(`${program} ${args[0] ?? ''} ended with ${signal ?? `code ${code}`}: ${last}`));
    });
  });
}

/** True when the program runs to its end without a failure. */
export async function works(program, args) {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
