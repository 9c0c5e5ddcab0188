import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type RuntimePlan, RuntimeUnderTest } from '../../../support/lambda-runtime.ts';

const BOOTSTRAP = join(import.meta.dirname, '../../../../runtimes/lambda-python/bootstrap.py');

/** A Python of this machine. */
export interface Python {
  readonly version: string;
  readonly path: string;
}

/** Every Python that Lambda has, as far as this machine has it: on the path, or one of pyenv's. */
export const pythons: readonly Python[] = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14'].flatMap(
  (version) => {
    const found = [`python${version}`, ...ofPyenv(version)].flatMap((program) => {
      const { status, stdout } = spawnSync(program, ['-c', 'import sys; print(sys.executable)'], {
        encoding: 'utf8',
      });
      return status === 0 ? [{ version, path: stdout.trim() }] : [];
    });
    return found.slice(0, 1);
  },
);

function ofPyenv(version: string): string[] {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.startsWith(`${version}.`))
    .map((name) => join(folder, name, 'bin/python3'));
}

/** Where a test needs only one. */
export const newestPython = pythons.at(-1)!;

/** Our runtime for Python with the given code, `app.py` when it is only a text. */
export function pythonRuntime(
  code: string | Record<string, string>,
  plan: Partial<RuntimePlan> & { python?: Python } = {},
  keepAliveTimeout?: number,
): Promise<RuntimeUnderTest> {
  const { python = newestPython, ...rest } = plan;
  return RuntimeUnderTest.start(
    {
      command: [python.path, BOOTSTRAP],
      handler: 'app.handler',
      files: typeof code === 'string' ? { 'app.py': code } : code,
      ...rest,
      env: { AWS_EXECUTION_ENV: `AWS_Lambda_python${python.version}`, LANG: 'C.UTF-8', ...rest.env },
    },
    keepAliveTimeout,
  );
}
