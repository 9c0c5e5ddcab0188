import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerTemplate, LoadCommand, WorkloadTemplate } from '../../../workloads/workload.ts';
import {
  type CodeLocation,
  loadCommand,
  type Runtime,
  type RuntimeDefinition,
  type ToolchainState,
} from '../../runtime.ts';
import { type FunctionId, SourceFailure } from '../../source.ts';
import { checkEntry } from '../entry-file.ts';
import { type ContainerContext, NOBODY } from './context.ts';

/** What a language adds to the container of a function. */
export interface Additions {
  mounts?: readonly string[];
  caches?: Record<string, string>;
  env?: Record<string, string>;
  artifact?: string;
}

/** A language whose functions run in containers. Code comes from the object store, or is mounted where it lies. */
export class ContainerRuntime implements Runtime, AsyncDisposable {
  readonly definition: RuntimeDefinition;
  protected readonly context: ContainerContext;

  constructor(definition: RuntimeDefinition, context: ContainerContext) {
    this.definition = definition;
    this.context = context;
  }

  /** The image brings it. */
  async toolchain(): Promise<ToolchainState> {
    const { version, process } = this.definition;
    return { tool: process.toolchain.tool, wanted: version, version, usable: true };
  }

  async prepare(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate> {
    await checkEntry(code);
    const { tag: image } = await this.context.image(this.definition, signal);
    const additions: Additions = code.stored ? {} : await this.additions(code, image, signal);
    const user = await this.#userFor(code);
    const load = loadCommand(code);
    if (additions.artifact !== undefined) load.artifact = additions.artifact;
    const remote = code.stored && {
      ...code.stored,
      read: () => readFile(join(code.directory, code.entry)),
    };
    return this.#template(image, user, {
      owner: code.functionId,
      load,
      env: additions.env ?? {},
      container: {
        mounts: code.stored ? [] : [code.directory, ...(additions.mounts ?? [])],
        ...(additions.caches ? { caches: additions.caches } : {}),
        edited: !code.stored,
        ...(remote ? { code: remote } : {}),
        ...this.compilation(code),
      },
    });
  }

  async standby(): Promise<WorkloadTemplate> {
    const { tag: image } = await this.context.image(this.definition, new AbortController().signal);
    const container = { mounts: [], edited: false, compiles: false };
    return this.#template(image, NOBODY, { owner: '', env: {}, container });
  }

  /** Removes what was made of a function that is no more. */
  async forget(_functionId: FunctionId): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** What code in a folder of the user's needs besides the folder. Rejects with SourceFailure. */
  protected async additions(_code: CodeLocation, _image: string, _signal: AbortSignal): Promise<Additions> {
    return {};
  }

  /** Whether the agent compiles, and how to explain that it could not. */
  protected compilation(_code: CodeLocation): Pick<ContainerTemplate, 'compiles' | 'explainBuild'> {
    return { compiles: false };
  }

  /** Whose rights code has: a folder's owner's, who can read it, and nobody's where that would be root. */
  async #userFor({ directory, entry, stored }: CodeLocation): Promise<string> {
    if (stored) return NOBODY;
    if (this.context.rootless) return '0:0';
    const { uid, gid } = await stat(directory);
    if (uid !== 0) return `${uid}:${gid}`;
    await checkOthersMayRead(directory, 0o005);
    await checkOthersMayRead(join(directory, entry), 0o004);
    return NOBODY;
  }

  #template(image: string, user: string, parts: TemplateParts): WorkloadTemplate {
    const { definition, context } = this;
    const { agent, readOnly } = definition.container;
    const [program, ...args] = agent;
    const { container, env, ...rest } = parts;
    const restoreImage = () => context.image(definition, new AbortController().signal);
    return {
      ...rest,
      command: [program!, ...args],
      cwd: '/function',
      env: { ...context.env, ...env },
      readiness: { kind: 'protocol' },
      startTimeout: context.startTimeout,
      ...(context.memoryLimitMb === undefined ? {} : { memoryLimitMb: context.memoryLimitMb }),
      container: {
        image,
        restoreImage,
        user,
        readOnly,
        label: `${definition.runtime} ${definition.version}`,
        ...container,
      },
    };
  }
}

/** `rights` is what others need of a file or folder. Rejects with SourceFailure where they lack it. */
async function checkOthersMayRead(path: string, rights: number): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & rights) === rights) return;
  const advice = `allow it: chmod -R o+rX ${path}`;
  const message = `${path} is root’s alone, and functions in containers don’t have root’s rights; ${advice}`;
  throw new SourceFailure({ kind: 'setup', message });
}

interface TemplateParts {
  owner: string;
  load?: LoadCommand;
  env: Record<string, string>;
  container: Omit<ContainerTemplate, 'image' | 'restoreImage' | 'user' | 'readOnly' | 'label'>;
}
