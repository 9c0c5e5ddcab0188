import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions, parseVersion, type Version } from '../toolchains/version.ts';
import type { RuntimeContext } from './context.ts';
import { withFileLock } from './file-lock.ts';
import { explainPip, lastMeaningful, PIP_INSTALL, pipProgress, setupFailure } from './pip.ts';
import { ownRequirements } from './requirements.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { SharedJobs } from './shared-jobs.ts';

const TOPIC = 'python';
type Command = [string, ...string[]];

/** Written last: without it an environment is a torso. */
const MARKER = '.complete';
/** From this version on pip can install into an environment that has no pip of its own. */
const PIP_FOR_OTHERS: Version = [22, 3, 0];

export interface EnvironmentRequest {
  python: { path: string; version: string };
  /** The runtime's requirements.txt. */
  runtimeRequirements: string;
  /** The function's requirements.txt, when it has one. */
  functionRequirements?: string;
}

/**
 * Python environments (venvs) under the cache folder, one for each combination of interpreter and requirements, made
 * once and shared by functions, and by daemons that share the cache.
 */
export class PythonEnvironments implements AsyncDisposable {
  readonly #context: RuntimeContext;
  readonly #jobs = new SharedJobs();

  constructor(context: RuntimeContext) {
    this.#context = context;
  }

  /** The environment's folder. Rejects with SourceFailure (kind `setup`) when it can't be made. */
  async ensure(request: EnvironmentRequest, signal: AbortSignal): Promise<string> {
    const texts = await readRequirements(request);
    const { path, version } = request.python;
    const hash = createHash('sha256').update(JSON.stringify([path, version, texts]));
    const name = `${version}-${hash.digest('hex').slice(0, 16)}`;
    const folder = join(this.#context.cacheDirectory, 'python', name);
    if (await isComplete(folder)) return folder;
    await this.#jobs.run(folder, signal, (shared) => this.#create(folder, request, texts, shared));
    return folder;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#jobs.stop();
  }

  async #create(
    folder: string,
    request: EnvironmentRequest,
    texts: RequirementTexts,
    signal: AbortSignal,
  ): Promise<void> {
    await mkdir(join(folder, '..'), { recursive: true });
    const { clock } = this.#context;
    await withFileLock(`${folder}.lock`, clock, signal, async () => {
      if (await isComplete(folder)) return; // another daemon made it meanwhile
      const start = clock.monotonic();
      await rm(folder, { recursive: true, force: true });
      this.#say(`Creating the Python ${request.python.version} environment`);
      try {
        const pip = await this.#makeVenv(folder, request.python.path, signal);
        await this.#install(pip, request.functionRequirements, texts, signal);
        await writeFile(join(folder, MARKER), '');
      } catch (error) {
        this.#say('The Python environment could not be created', true);
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      const seconds = ((clock.monotonic() - start) / 1000).toFixed(1);
      this.#say(`Python ${request.python.version} environment is ready (${seconds} s)`, true);
    });
  }

  /** Makes an environment without packages, and returns the command of the pip that can install into it. */
  async #makeVenv(folder: string, python: string, signal: AbortSignal): Promise<Command> {
    const version = await this.#run([python, '-m', 'pip', '--version'], signal);
    const found = version.code === 0 ? parseVersion(version.lines.join(' ')) : undefined;
    // Giving each environment a pip of its own takes longer than all the rest.
    const shared = found !== undefined && compareVersions(found, PIP_FOR_OTHERS) >= 0;
    const result = await this.#run(
      [python, '-m', 'venv', ...(shared ? ['--without-pip'] : []), folder],
      signal,
    );
    if (result.code === 0)
      return shared ? [python, '-m', 'pip', '--python', pythonOf(folder)] : [pythonOf(folder), '-m', 'pip'];
    const why = lastMeaningful(result.lines);
    const hint = /ensurepip|venv/.test(result.lines.join('\n'))
      ? '. On Debian and Ubuntu: apt install python3-venv'
      : '';
    throw setupFailure(`${python} -m venv failed: ${why}${hint}`, result);
  }

  async #install(
    pip: Command,
    file: string | undefined,
    texts: RequirementTexts,
    signal: AbortSignal,
  ): Promise<void> {
    const own = ownRequirements(texts.runtime, texts.function);
    const fromFile = file === undefined || texts.function === '' ? [] : ['-r', file];
    const result = await this.#run([...pip, ...PIP_INSTALL, ...own, ...fromFile], signal);
    if (result.code !== 0) throw explainPip(result, texts.function);
  }

  #run(command: Command, signal: AbortSignal): Promise<ToolResult> {
    const { baseEnv, cacheDirectory } = this.#context;
    const onLine = (line: string) => {
      const news = pipProgress(line);
      if (news !== undefined) this.#say(news);
    };
    return runTool({ command, cwd: cacheDirectory, env: baseEnv, signal, onLine });
  }

  #say(message: string, done = false): void {
    this.#context.onProgress(TOPIC, message, done);
  }
}

/** The environment's interpreter. */
export function pythonOf(folder: string): string {
  return join(folder, 'bin', 'python');
}

interface RequirementTexts {
  runtime: string;
  function: string;
}

async function readRequirements(request: EnvironmentRequest): Promise<RequirementTexts> {
  const { runtimeRequirements, functionRequirements } = request;
  return {
    runtime: await readFile(runtimeRequirements, 'utf8'),
    function: functionRequirements === undefined ? '' : await readIfThere(functionRequirements),
  };
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The interpreter is a link: it breaks when the Python it was made with is removed, and the marker stays. */
async function isComplete(folder: string): Promise<boolean> {
  try {
    await Promise.all([access(join(folder, MARKER)), access(pythonOf(folder))]);
    return true;
  } catch {
    return false;
  }
}
