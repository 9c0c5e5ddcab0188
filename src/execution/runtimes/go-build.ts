import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CodeLocation } from '../runtime.ts';
import { type FunctionId, SourceFailure } from '../source.ts';
import type { RuntimeContext } from './context.ts';
import { explainGoBuild } from './go-errors.ts';
import { runTool } from './run-tool.ts';

/** A first build compiles the standard library; say so when it takes this long. */
const PATIENCE_MS = 2_000;
/** The running binary and the one that replaces it. */
const KEPT_BINARIES = 2;
/** Without the symbol table linking takes a third less time; stacks keep files and lines. */
const BUILD = ['build', '-buildvcs=false', '-ldflags=-s -w'];

/**
 * Compiles a function's folder together with the runtime's server. The server's files are laid over the folder
 * (`go build -overlay`): nothing is written there.
 */
export class GoBuilder {
  readonly #context: RuntimeContext;
  /** Folder of the server's sources. */
  readonly #serverDirectory: string;
  readonly #last = new Map<string, Promise<unknown>>();
  #sequence = 0;

  constructor(serverDirectory: string, context: RuntimeContext) {
    this.#serverDirectory = serverDirectory;
    this.#context = context;
  }

  /** Path of the binary. Rejects with SourceFailure (kind `load`) when the code does not compile. */
  async build(go: string, code: CodeLocation, signal: AbortSignal): Promise<string> {
    // One build of a function at a time: they share the target, by which Go knows that there is nothing to do.
    const previous = this.#last.get(code.functionId);
    const build = (previous ?? Promise.resolve()).then(() => this.#build(go, code, signal));
    const settled = build
      .catch(() => {})
      .finally(() => {
        if (this.#last.get(code.functionId) === settled) this.#last.delete(code.functionId);
      });
    this.#last.set(code.functionId, settled);
    return build;
  }

  /** Removes a function's binaries, once a build under way has ended. */
  async forget(functionId: FunctionId): Promise<void> {
    await this.#last.get(functionId);
    await rm(join(this.#context.cacheDirectory, 'go', functionId), { recursive: true, force: true });
  }

  async #build(go: string, code: CodeLocation, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const folder = join(this.#context.cacheDirectory, 'go', code.functionId);
    await mkdir(folder, { recursive: true });
    const overlay = join(folder, 'overlay.json');
    const ownModule = (await moduleFolder(code.directory)) !== undefined;
    const replace = await this.#overlay(code.directory, ownModule);
    await writeFile(overlay, JSON.stringify({ Replace: replace }));
    const target = join(folder, 'current');
    const first = !existsSync(target);
    const slow = this.#context.clock.after(PATIENCE_MS, () =>
      this.#context.onProgress(
        'go',
        `Compiling ${code.entry}${first ? "; the first build may have to compile Go's standard library, too" : ''}`,
      ),
    );
    try {
      const { code: exitCode, lines } = await runTool({
        command: [go, ...BUILD, '-overlay', overlay, '-o', target, '.'],
        cwd: code.directory,
        env: this.#environment(ownModule),
        signal,
      });
      const { entry } = code;
      const inline = code.stored !== undefined;
      if (exitCode !== 0) throw new SourceFailure(explainGoBuild({ lines, entry, ownModule, inline }));
    } finally {
      slow.cancel();
    }
    return this.#publish(folder, target);
  }

  /** The server's files, and a go.mod where the user has none. */
  async #overlay(directory: string, ownModule: boolean): Promise<Record<string, string>> {
    const files = await readdir(this.#serverDirectory);
    const sources = files.filter((name) => name.endsWith('.go'));
    const overlay = Object.fromEntries(
      sources.map((name) => [join(directory, name), join(this.#serverDirectory, name)]),
    );
    if (!ownModule) overlay[join(directory, 'go.mod')] = join(this.#serverDirectory, 'go.mod.template');
    return overlay;
  }

  #environment(ownModule: boolean): Record<string, string> {
    const { baseEnv, cacheDirectory } = this.#context;
    const environment: Record<string, string> = { ...baseEnv, GOTOOLCHAIN: 'local' };
    if (!ownModule) environment.GOWORK = 'off'; // a workspace further up knows nothing of the module we lay over
    // Go needs a build cache; the user's own, when there is one, holds the standard library already.
    if (!environment.GOCACHE && !environment.HOME && !environment.XDG_CACHE_HOME)
      environment.GOCACHE = join(cacheDirectory, 'go', 'build');
    return environment;
  }

  /** Gives the binary a name of its own, so that the next build can't change it under a process. */
  async #publish(folder: string, target: string): Promise<string> {
    const name = `handler-${this.#context.clock.now()}-${process.pid}-${++this.#sequence}`;
    const binary = join(folder, name);
    await link(target, binary);
    const binaries = await Promise.all(
      (await readdir(folder))
        .filter((file) => file.startsWith('handler-'))
        .map(async (file) => ({ file, made: Number(file.split('-')[1]) })),
    );
    const others = binaries.filter(({ file }) => file !== name).sort((a, b) => b.made - a.made);
    for (const { file } of others.slice(KEPT_BINARIES - 1)) await rm(join(folder, file), { force: true });
    return binary;
  }
}

/** The folder, or the one above it, that has a go.mod. */
export async function moduleFolder(directory: string): Promise<string | undefined> {
  const there = await stat(join(directory, 'go.mod')).then(
    () => true,
    () => false,
  );
  if (there) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : moduleFolder(parent);
}
