import type { LoadCommand, WorkloadTemplate } from '../workloads/workload.ts';
import type { FunctionId } from './source.ts';

/** `runtimes/<folder>/runtime.json`, the one place that says what a language needs. Adding a language is adding a folder. */
export interface RuntimeDefinition {
  /** As in the platform contract: `node`, `python`, `golang`. */
  runtime: string;
  /** Major or minor version as the contract names it: `20`, `3.12`, `1.22`. */
  version: string;
  image: string;
  /** What a container runs; `%s` stands for the function's id. */
  runCommand: string;
  /** Name under which inline code is stored: `handler.mjs`. */
  codeFile: string;
  /** Entry files looked for in a linked folder, first match wins; also decides which runtime a file belongs to. */
  entries: string[];
  /** Content of the folder's default code file. */
  defaultCode: string;
  /** Absolute path of the runtime's folder. */
  directory: string;
  process: {
    toolchain: {
      /** `node`, `python`, `go`: how it is called in messages and where to look for it. */
      tool: string;
      /** What to type to get it, by platform: `{ "any": "…", "darwin": "brew install node@20" }`. */
      install: Record<string, string>;
    };
    /** `{toolchain}`, `{runtime}` (this folder), `{server}` (its built server), `{artifact}` are replaced. */
    command: string[];
    /** What happens between the code being known and the process being started. */
    prepare: 'none' | 'typescript' | 'python-venv' | 'go-build';
  };
  container: {
    /** Starts the agent, in the image. */
    agent: string[];
    /** Nothing but memory needs to be written to. */
    readOnly: boolean;
  };
}

/** Where the object store keeps code that came through the API. */
export interface StoredCode {
  bucket: string;
  key: string;
  /** Lower-case hex. */
  sha256: string;
}

/** Code on disk, ready to be prepared. */
export interface CodeLocation {
  functionId: FunctionId;
  directory: string;
  entry: string;
  /** The code is all there is: it came through the API, and nothing can be installed beside it. */
  stored?: StoredCode;
}

/** What a runtime server is told to load. */
export function loadCommand({ functionId, directory, entry, stored }: CodeLocation): LoadCommand {
  return { functionId, directory, entry, ...(stored ? { inline: true } : {}) };
}

/** A toolchain as found, or why not. */
export interface ToolchainState {
  tool: string;
  wanted: string;
  /** Absolute path of the executable. */
  path?: string;
  /** Full version found, `20.20.2`. */
  version?: string;
  /** Set when it serves but is not the exact minor version, or when it does not serve: a sentence with what to install. */
  notice?: string;
  usable: boolean;
}

/** A language ready for use by the process driver. */
export interface Runtime {
  readonly definition: RuntimeDefinition;
  /** Looked for until it is found, then remembered. */
  toolchain(): Promise<ToolchainState>;
  /**
   * Turns code into something that can be started: finds the toolchain, creates the Python environment, compiles Go,
   * bundles TypeScript. Rejects with SourceFailure (kind `setup` or `load`).
   */
  prepare(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate>;
  /** The template to start ahead of need, without `load`; undefined for a language that starts a binary per function. */
  standby(): Promise<WorkloadTemplate | undefined>;
}

export interface RuntimeCatalogue extends AsyncDisposable {
  /** In order: runtime, then version, newest first. */
  list(): Runtime[];
  find(runtime: string, version: string): Runtime | undefined;
  /** By a file's name: `handler.ts` is node's. */
  forEntry(fileName: string): Runtime | undefined;
  /** Removes what was made of a function that is no more: bundles, binaries. Unknown ids are fine. */
  forget(id: FunctionId): Promise<void>;
}
