import { dirname, join } from 'node:path';
import { sha256 } from '../../platform/packages.ts';
import { findToolchain } from '../toolchains/find-toolchain.ts';
import type { Machine } from '../toolchains/machine.ts';
import { compareVersions, parseVersion } from '../toolchains/version.ts';

/** What runs a Lambda runtime on this machine. */
export interface LocalRuntime {
  kind: 'node' | 'python' | 'provided' | 'go1.x';
  /** The interpreter with the program that runs handlers in it; undefined where the package brings its own. */
  command?: readonly [string, ...string[]];
  /** The interpreter's folder, which belongs on PATH. */
  folder?: string;
  /** What behaves otherwise than on AWS. */
  warning?: string;
  /** As in INIT_START lines. */
  version: string;
  versionArn: string;
}

export type RuntimeSearch = LocalRuntime | { unsupported: string };

export interface LocalRuntimesOptions {
  machine: Machine;
  /** Where `lambda-node` and `lambda-python` lie. */
  directory: string;
}

const MANAGED = /^(nodejs|python)(\d+(?:\.\d+)?)(?:\.x)?$/;
const OTHER_LANGUAGES: readonly [pattern: RegExp, title: string][] = [
  [/^java/, 'Java'],
  [/^dotnet/, '.NET'],
  [/^ruby/, 'Ruby'],
];
/** Versions to fall back to, newest first, where neither the wanted one nor a newer one is there. */
const OLDER = {
  node: ['24', '22', '20', '18'],
  python: ['3.14', '3.13', '3.12', '3.11', '3.10', '3.9', '3.8'],
} as const;
const BOOTSTRAPS = {
  node: ['lambda-node', 'bootstrap.mjs'],
  python: ['lambda-python', 'bootstrap.py'],
} as const;

export const GO_WARNING =
  'go1.x is no longer run by AWS: the handler is started like a bootstrap of provided.al2, which needs a program built with a current aws-lambda-go';

/** The machine's own interpreters as Lambda's runtimes. */
export class LocalRuntimes {
  readonly #options: LocalRuntimesOptions;
  readonly #known = new Map<string, Promise<RuntimeSearch>>();

  constructor(options: LocalRuntimesOptions) {
    this.#options = options;
  }

  /** Looks once for each; what was not found is looked for again, as it may have been installed. */
  find(runtime: string): Promise<RuntimeSearch> {
    const known = this.#known.get(runtime);
    if (known) return known;
    const search = this.#search(runtime).then((result) => {
      if ('unsupported' in result) this.#known.delete(runtime);
      return result;
    });
    this.#known.set(runtime, search);
    return search;
  }

  async #search(runtime: string): Promise<RuntimeSearch> {
    if (runtime === 'provided' || runtime.startsWith('provided.')) return this.#provided(runtime, 'provided');
    if (runtime === 'go1.x') {
      return { ...this.#provided(runtime, 'go1.x'), warning: GO_WARNING };
    }
    const managed = MANAGED.exec(runtime);
    if (managed) return this.#managed(runtime, managed[1] === 'nodejs' ? 'node' : 'python', managed[2]!);
    const other = OTHER_LANGUAGES.find(([pattern]) => pattern.test(runtime))?.[1];
    const what = other ? `${other} functions (${runtime}) are` : `${runtime} is`;
    return {
      unsupported: `${what} not run as processes of this machine: they need Docker and lambdock's docker driver`,
    };
  }

  #provided(runtime: string, kind: 'provided' | 'go1.x'): LocalRuntime {
    return { kind, ...versionOf(runtime) };
  }

  async #managed(runtime: string, tool: 'node' | 'python', wanted: string): Promise<RuntimeSearch> {
    const { machine, directory } = this.#options;
    const install = { any: `install ${tool === 'node' ? 'Node.js' : 'Python'} ${wanted}` };
    const newest = Number(wanted.split('.').at(-1));
    const older = OLDER[tool].filter((version) => Number(version.split('.').at(-1)) < newest);
    let notice: string | undefined;
    for (const version of [wanted, ...older]) {
      const found = await findToolchain({ tool, wanted: version, install }, machine);
      notice ??= found.notice;
      if (!found.usable || found.path === undefined) continue;
      const exact = version === wanted && found.notice === undefined;
      return {
        kind: tool,
        command: [found.path, ...flagsOf(runtime, found.version), join(directory, ...BOOTSTRAPS[tool])],
        folder: dirname(found.path),
        ...versionOf(runtime),
        ...(exact
          ? {}
          : {
              warning: `${runtime} runs on ${tool === 'node' ? 'Node.js' : 'Python'} ${found.version} here`,
            }),
      };
    }
    return { unsupported: notice ?? `${runtime} needs ${tool}, which was not found` };
  }
}

/** Up to nodejs22.x AWS switches off what later Nodes load modules with; see docs/lambda-runtimes.md. */
export function flagsOf(runtime: string, version: string | undefined): string[] {
  const wanted = Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? Number.POSITIVE_INFINITY);
  const found = parseVersion(version ?? '');
  if (wanted > 22 || !found || compareVersions(found, [20, 19, 0]) < 0) return [];
  return ['--no-experimental-require-module', '--no-experimental-detect-module'];
}

/** AWS's own numbers of patches mean nothing here; the form is theirs. */
export function versionOf(runtime: string): { version: string; versionArn: string } {
  const [, name = runtime, number] = /^(nodejs|python|provided|go)\.?(.*)$/.exec(runtime) ?? [];
  const label = number ? `${name}:${number.replace(/\.x$/, '')}.v1` : `${name}.v1`;
  return { version: label, versionArn: `arn:aws:lambda:us-east-1::runtime:${sha256(runtime)}` };
}
