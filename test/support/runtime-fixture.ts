import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { buildOptions } from '../../runtimes/node20/build.mjs';
import { RealClock } from '../../src/clock/real-clock.ts';
import type { Runtime } from '../../src/execution/runtime.ts';
import { FolderCatalogue } from '../../src/execution/runtimes/catalogue.ts';
import { type SourceError, SourceFailure } from '../../src/execution/source.ts';
import type { WorkloadTemplate } from '../../src/workloads/workload.ts';
import { RuntimeProcess } from './runtime-process.ts';

export type Files = Record<string, string>;

/** The real runtimes over a temporary folder. Python environments and Go's results are kept between runs. */
export class RuntimeFixture implements AsyncDisposable {
  readonly folder: string;
  readonly catalogue: FolderCatalogue;
  readonly progress: string[] = [];
  readonly #functions: string[] = [];
  #made = 0;

  private constructor(folder: string, cacheDirectory: string) {
    this.folder = folder;
    this.catalogue = new FolderCatalogue({
      runtimesDirectory: join(import.meta.dirname, '../../runtimes'),
      serverDirectory: join(folder, 'servers'),
      cacheDirectory,
      clock: new RealClock(),
      onProgress: (_topic, message) => this.progress.push(message),
      startTimeout: 10_000,
      baseEnv: process.env as Record<string, string>,
    });
  }

  static async create(): Promise<RuntimeFixture> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'runtime-servers-')));
    const cacheDirectory = process.env.LAMBDOCK_TEST_CACHE ?? join(tmpdir(), 'lambdock-test-cache');
    await mkdir(cacheDirectory, { recursive: true });
    await build({ ...buildOptions, outdir: join(folder, 'servers', 'node20') });
    return new RuntimeFixture(folder, cacheDirectory);
  }

  runtime(name: string): Runtime {
    return this.catalogue.list().find(({ definition }) => definition.runtime === name)!;
  }

  /** Writes a function's files; the first one is its entry. */
  async write(files: Files) {
    const directory = join(this.folder, `function-${++this.#made}`);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text);
    }
    const functionId = `test${process.pid}x${this.#made}`;
    this.#functions.push(functionId);
    return { functionId, directory, entry: Object.keys(files)[0]! };
  }

  /** `inline` is for code as it comes through the API. */
  async prepare(name: string, files: Files, inline = false): Promise<WorkloadTemplate> {
    const written = await this.write(files);
    const stored = { bucket: 'code', key: written.functionId, sha256: '' };
    const code = { ...written, ...(inline ? { stored } : {}) };
    return this.runtime(name).prepare(code, new AbortController().signal);
  }

  async start(name: string, files: Files): Promise<RuntimeProcess> {
    const server = await RuntimeProcess.load(await this.prepare(name, files));
    await server.next('ready');
    return server;
  }

  /** The error of code that is expected not to load, be it found by a build step or by the server. */
  async failureOf(name: string, files: Files, inline = false): Promise<SourceError> {
    let template: WorkloadTemplate;
    try {
      template = await this.prepare(name, files, inline);
    } catch (error) {
      if (error instanceof SourceFailure) return error.detail;
      throw error;
    }
    await using server = await RuntimeProcess.load(template);
    return await server.failure();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#functions.map((functionId) => this.catalogue.forget(functionId)));
    await this.catalogue[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
