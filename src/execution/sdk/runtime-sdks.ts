import { createHash } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import type { ProgressListener } from '../runtimes/context.ts';
import { withFileLock } from '../runtimes/file-lock.ts';
import { lastMeaningful, PIP_INSTALL } from '../runtimes/pip.ts';
import { runTool } from '../runtimes/run-tool.ts';
import { SharedJobs } from '../runtimes/shared-jobs.ts';
import { SourceFailure } from '../source.ts';
import { namesInCode } from './code-scan.ts';

export interface RuntimeSdksOptions {
  clock: Clock;
  /** May be shared among daemons. */
  folder: string;
  /** Of pip and npm: where they find proxies and their registries' names. */
  env: Readonly<Record<string, string>>;
  onProgress: ProgressListener;
}

/** What is looked at to tell whether a function wants an SDK. */
export interface SdkRequest {
  kind: 'node' | 'python';
  /** The interpreter. */
  interpreter: string;
  taskRoot: string;
  /** The unpacked layers. */
  opt: string | undefined;
}

type Command = readonly [string, ...string[]];

/** Written last: without it a folder is a torso. */
const MARKER = '.complete';
const TOPIC = 'aws-sdk';
/** An invocation waits for it: without a network it must not take minutes. Nothing of a package runs before the function does. */
const NPM_INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1'];
const PYTHON = { files: /\.py$/, pattern: /\b(?:boto3|botocore)\b/g, skip: new Set(['__pycache__']) };
/**
 * What is imported, not what merely looks like a name: code that has the SDK in it is full of that. Its messages name the
 * signers that have to be installed by hand.
 */
const NODE = {
  files: /\.[cm]?js$/,
  pattern:
    /\b(?:from|import|require)\s*\(?\s*['"`](@(?:aws-sdk|smithy)\/(?!signature-v4(?:a|-crt)\b)[a-z0-9][a-z0-9-]*)/g,
  skip: new Set(['node_modules']),
};

/**
 * The AWS SDKs that AWS's runtimes come with: boto3, and the packages of `@aws-sdk` that code names. Installed into the cache when
 * a function's code is the first to want them, once for all functions, by the machine's own pip and npm.
 */
export class RuntimeSdks implements AsyncDisposable {
  readonly #options: RuntimeSdksOptions;
  readonly #jobs = new SharedJobs();
  readonly #stop = new AbortController();

  constructor(options: RuntimeSdksOptions) {
    this.#options = options;
  }

  /**
   * The folder that holds what the function wants: a `site-packages`, or a `node_modules`. Undefined where it wants nothing or
   * brings its own, and where nothing can be installed, which is told as progress: the function then fails with its own words.
   */
  async folderFor(request: SdkRequest): Promise<string | undefined> {
    const packages = await (request.kind === 'python' ? wantedOfPython(request) : wantedOfNode(request));
    if (packages.length === 0) return undefined;
    const { kind, interpreter } = request;
    const key = createHash('sha256').update(JSON.stringify([interpreter, packages]));
    const folder = join(this.#options.folder, `${kind}-${key.digest('hex').slice(0, 16)}`);
    const found = kind === 'node' ? join(folder, 'node_modules') : folder;
    if (await isThere(join(folder, MARKER))) return found;
    const command: Command =
      kind === 'python'
        ? [interpreter, '-m', 'pip', ...PIP_INSTALL, '--retries=1', '--target', folder, ...packages]
        : ['npm', ...NPM_INSTALL, '--prefix', folder, ...packages];
    try {
      await this.#jobs.run(folder, this.#stop.signal, (signal) =>
        this.#install(folder, packages, command, signal),
      );
      return found;
    } catch (error) {
      if (error instanceof SourceFailure || this.#stop.signal.aborted) return undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('lambdock is stopping'));
    await this.#jobs.stop();
  }

  async #install(
    folder: string,
    packages: readonly string[],
    command: Command,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, env, onProgress } = this.#options;
    const what = packages.join(', ');
    await mkdir(this.#options.folder, { recursive: true });
    await withFileLock(`${folder}.lock`, clock, signal, async () => {
      if (await isThere(join(folder, MARKER))) return; // another daemon did it meanwhile
      onProgress(TOPIC, `Installing ${what}, which AWS's runtime comes with`);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      try {
        const result = await runTool({ command, cwd: folder, env, signal });
        if (result.code !== 0) {
          throw new SourceFailure({ kind: 'setup', message: explain(result.lines) });
        }
        await writeFile(join(folder, MARKER), '');
        onProgress(TOPIC, `${what} is ready`, true);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        onProgress(TOPIC, `${what} could not be installed: ${why}`, true);
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    });
  }
}

/** What went wrong in one line. npm says it first and ends with where its log is. */
function explain(lines: readonly string[]): string {
  const npm = lines.map((line) => /^npm (?:error|ERR!) (?!code )(.+)/.exec(line)?.[1]);
  return npm.find((line) => line !== undefined) ?? lastMeaningful(lines);
}

async function wantedOfPython({ taskRoot, opt }: SdkRequest): Promise<string[]> {
  const layers = opt === undefined ? [] : [join(opt, 'python')];
  const own = await Promise.all([taskRoot, ...layers].map((folder) => isThere(join(folder, 'boto3'))));
  if (own.includes(true)) return [];
  const names = await namesInCode([taskRoot, ...layers], PYTHON);
  return names.size === 0 ? [] : ['boto3'];
}

async function wantedOfNode({ taskRoot, opt }: SdkRequest): Promise<string[]> {
  const names = await namesInCode([taskRoot], NODE);
  const roots = [taskRoot, ...(opt === undefined ? [] : [join(opt, 'nodejs')])];
  const missing: string[] = [];
  for (const name of [...names].sort()) {
    const own = await Promise.all(roots.map((root) => isThere(join(root, 'node_modules', name))));
    if (!own.includes(true)) missing.push(name);
  }
  return missing;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
