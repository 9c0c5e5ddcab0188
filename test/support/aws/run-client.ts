import { spawn } from 'node:child_process';

/** Whether a client that is not there fails the tests that need it. */
export const STRICT = process.env.CI === 'true' || process.env.CI === '1';

export interface ClientResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a client to its end, a minute at most, in this environment and no other. */
export function runClient(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  stdin = '',
): Promise<ClientResult> {
  const child = spawn(program, args, { env, timeout: 60_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  // It may end without having read it.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}
