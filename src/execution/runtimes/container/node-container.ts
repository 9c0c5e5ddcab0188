import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CodeLocation, RuntimeDefinition } from '../../runtime.ts';
import type { FunctionId } from '../../source.ts';
import { isTypeScript, TypeScriptBundler } from '../../typescript/bundler.ts';
import { type Additions, ContainerRuntime } from './container-runtime.ts';
import type { ContainerContext } from './context.ts';

/** Node.js in a container. TypeScript is bundled on this machine, which is quicker than starting a container for it. */
export class NodeContainer extends ContainerRuntime {
  readonly #bundler: TypeScriptBundler;

  constructor(definition: RuntimeDefinition, context: ContainerContext) {
    super(definition, context);
    this.#bundler = new TypeScriptBundler(join(context.cacheDirectory, 'typescript'));
  }

  override forget(functionId: FunctionId): Promise<void> {
    return this.#bundler.forget(functionId);
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.#bundler[Symbol.asyncDispose]();
  }

  protected override async additions(
    code: CodeLocation,
    _image: string,
    signal: AbortSignal,
  ): Promise<Additions> {
    const mounts = await packageFolders(code.directory);
    if (!isTypeScript(code.entry)) return { mounts };
    const artifact = await this.#bundler.bundle(code, signal);
    return { mounts: [...mounts, dirname(artifact)], artifact };
  }
}

/** The folders in which Node looks for packages, besides the function's own, which is mounted as a whole. */
async function packageFolders(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (let folder = dirname(directory); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules');
    const there = await stat(candidate).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (there) found.push(candidate);
    if (folder === dirname(folder)) return found;
  }
}
