import { extname } from 'node:path';
import type { Runtime, RuntimeCatalogue } from '../runtime.ts';
import type { FunctionId } from '../source.ts';
import { localMachine, type Machine } from '../toolchains/machine.ts';
import { ContainerRuntime } from './container/container-runtime.ts';
import type { ContainerContext } from './container/context.ts';
import { GoContainer } from './container/go-container.ts';
import { NodeContainer } from './container/node-container.ts';
import { PythonContainer } from './container/python-container.ts';
import type { RuntimeContext } from './context.ts';
import { readDefinitions } from './definition.ts';
import { GoRuntime } from './go-runtime.ts';
import { NodeRuntime } from './node-runtime.ts';
import { PlainRuntime } from './plain-runtime.ts';
import { PythonRuntime } from './python-runtime.ts';

export interface CatalogueOptions extends Omit<RuntimeContext, 'machine'> {
  /** Folder with one folder a runtime. */
  runtimesDirectory: string;
  /** Where to look for toolchains; by default this machine, seen through `baseEnv`. */
  machine?: Machine;
  /** Set where functions run in containers, and this machine needs no toolchain. */
  containers?: ContainerContext;
}

const IMPLEMENTATIONS = {
  none: PlainRuntime,
  typescript: NodeRuntime,
  'python-venv': PythonRuntime,
  'go-build': GoRuntime,
};
const IN_CONTAINERS = {
  none: ContainerRuntime,
  typescript: NodeContainer,
  'python-venv': PythonContainer,
  'go-build': GoContainer,
};

/** What the daemon uses of a language. */
type ManagedRuntime = Runtime & AsyncDisposable & { forget(functionId: FunctionId): Promise<void> };

/** The languages there are: one for each folder under `runtimesDirectory`, read at first use. Throws BadRuntimeFolder. */
export class FolderCatalogue implements RuntimeCatalogue {
  readonly #directory: string;
  readonly #context: RuntimeContext;
  readonly #containers: ContainerContext | undefined;
  #runtimes: readonly ManagedRuntime[] | undefined;

  constructor({ runtimesDirectory, machine, containers, ...context }: CatalogueOptions) {
    this.#directory = runtimesDirectory;
    this.#containers = containers;
    this.#context = { ...context, machine: machine ?? localMachine(context.baseEnv) };
  }

  list(): Runtime[] {
    return [...this.#all()];
  }

  find(runtime: string, version: string): Runtime | undefined {
    return this.#all().find(
      ({ definition }) => definition.runtime === runtime && definition.version === version,
    );
  }

  /** The newest version of the language that names such an entry file, or failing that, its extension. */
  forEntry(fileName: string): Runtime | undefined {
    const extension = extname(fileName);
    const all = this.#all();
    return (
      all.find(({ definition }) => definition.entries.includes(fileName)) ??
      all.find(({ definition }) => definition.entries.some((entry) => extname(entry) === extension))
    );
  }

  /** Removes what was made of a function that is no more: bundles, binaries. Unknown ids are fine. */
  async forget(functionId: FunctionId): Promise<void> {
    await Promise.all(this.#all().map((runtime) => runtime.forget(functionId)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all((this.#runtimes ?? []).map((runtime) => runtime[Symbol.asyncDispose]()));
  }

  #all(): readonly ManagedRuntime[] {
    this.#runtimes ??= this.#read();
    return this.#runtimes;
  }

  #read(): ManagedRuntime[] {
    return readDefinitions(this.#directory).map((definition) => {
      const { prepare } = definition.process;
      if (this.#containers) return new IN_CONTAINERS[prepare](definition, this.#containers);
      return new IMPLEMENTATIONS[prepare](definition, this.#context);
    });
  }
}
