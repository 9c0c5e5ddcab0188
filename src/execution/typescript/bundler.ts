import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { BuildContext, BuildFailure, BuildResult } from 'esbuild';
import type { CodeLocation } from '../runtime.ts';
import type { FunctionId } from '../source.ts';
import { explainBuildFailure } from './build-error.ts';
import { handlerPlugin } from './handler-plugin.ts';
import { META_DEFINES } from './import-meta.ts';
import { finishSourceMap } from './source-map.ts';

type Esbuild = typeof import('esbuild');

/** The bundle in use and the one that replaces it. */
const KEPT_BUNDLES = 2;
const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx']);

/** Whether a handler file has to be bundled. */
export function isTypeScript(entry: string): boolean {
  return TYPESCRIPT.has(extname(entry));
}

/**
 * Turns handlers written in TypeScript into one JavaScript file each, with a source map. What esbuild knows of a
 * function's files is kept for the next build.
 */
export class TypeScriptBundler implements AsyncDisposable {
  readonly #cacheDirectory: string;
  /** By function; `key` says what it was made for, since a function can move. */
  readonly #contexts = new Map<FunctionId, { key: string; context: Promise<BuildContext> }>();
  readonly #bundles = new Map<string, string[]>();
  #esbuild: Promise<Esbuild> | undefined;

  constructor(cacheDirectory: string) {
    this.#cacheDirectory = cacheDirectory;
  }

  /** Path of the bundle. Rejects with SourceFailure (kind `load`), or with the signal's reason. */
  async bundle(code: CodeLocation, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const result = await this.#rebuild(code);
    signal.throwIfAborted();
    return this.#write(code.functionId, finishSourceMap(result.outputFiles ?? []));
  }

  /** Removes a function's bundles, and what esbuild knows of it. */
  async forget(functionId: FunctionId): Promise<void> {
    await this.#drop(functionId);
    this.#bundles.delete(functionId);
    await rm(join(this.#cacheDirectory, functionId), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#contexts.keys()].map((functionId) => this.#drop(functionId)));
    // The service is a child process shared by all users of the module; it starts again when another needs it.
    if (this.#esbuild) await (await this.#esbuild).stop();
  }

  async #rebuild(code: CodeLocation): Promise<BuildResult> {
    try {
      return await this.#rebuildOnce(code);
    } catch (error) {
      if (isBuildFailure(error)) throw await explainBuildFailure(error, code, await this.#load());
      // Another bundler of this process stopped the service under us: once more, with a new one.
      this.#contexts.delete(code.functionId);
      return this.#rebuildOnce(code).catch(async (again) => {
        throw isBuildFailure(again) ? await explainBuildFailure(again, code, await this.#load()) : again;
      });
    }
  }

  async #rebuildOnce(code: CodeLocation): Promise<BuildResult> {
    const key = JSON.stringify([code.directory, code.entry]);
    let known = this.#contexts.get(code.functionId);
    if (known?.key !== key) {
      const before = this.#drop(code.functionId);
      known = { key, context: before.then(() => this.#createContext(code)) };
      this.#contexts.set(code.functionId, known);
    }
    return (await known!.context).rebuild();
  }

  async #drop(functionId: FunctionId): Promise<void> {
    const known = this.#contexts.get(functionId);
    this.#contexts.delete(functionId);
    // One that could not be made has told whoever asked for it.
    const context = await known?.context.catch(() => undefined);
    await context?.dispose();
  }

  async #createContext({ directory, entry, functionId }: CodeLocation): Promise<BuildContext> {
    const { context } = await this.#load();
    return context({
      absWorkingDir: directory,
      entryPoints: [join(directory, entry)],
      outfile: join(this.#cacheDirectory, functionId, 'handler.mjs'),
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'external',
      sourcesContent: true,
      keepNames: true,
      conditions: [], // Node's own, without the `module` that bundlers add
      define: META_DEFINES,
      logLevel: 'silent',
      plugins: [handlerPlugin(directory)],
    });
  }

  #load(): Promise<Esbuild> {
    this.#esbuild ??= import('esbuild');
    return this.#esbuild;
  }

  /** Under a name made from its content: an unchanged bundle is not written again. */
  async #write(functionId: string, text: string): Promise<string> {
    const folder = join(this.#cacheDirectory, functionId);
    const name = `${createHash('sha256').update(text).digest('hex').slice(0, 24)}.mjs`;
    const recent = this.#bundles.get(functionId) ?? [];
    if (recent.at(-1) === name) return join(folder, name);
    await mkdir(folder, { recursive: true });
    const draft = join(folder, `${name}.${process.pid}.draft`);
    await writeFile(draft, text);
    await rename(draft, join(folder, name));
    const kept = [...recent.filter((one) => one !== name), name].slice(-KEPT_BUNDLES);
    this.#bundles.set(functionId, kept);
    const old = (await readdir(folder)).filter((file) => file.endsWith('.mjs') && !kept.includes(file));
    await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
    return join(folder, name);
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}
