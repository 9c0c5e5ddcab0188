import { posix, win32 } from 'node:path';
import type { ToolchainState } from '../runtime.ts';
import type { Machine } from './machine.ts';
import { TOOLS, type Tool } from './tools.ts';
import { compareToWanted, compareVersions, formatVersion, parseVersion, type Version } from './version.ts';

export interface ToolchainRequest {
  /** `node`, `python` or `go`. */
  tool: string;
  /** `20`, `3.12`: the version, as far as it matters. */
  wanted: string;
  /** How to install it, by platform; `any` for all others. */
  install: Readonly<Record<string, string>>;
}

interface Candidate {
  path: string;
  version: Version;
}

/**
 * Looks for a tool's wanted version. What version managers keep is known by the names of their folders and is looked
 * at first; only without it are the programs on PATH started to ask for their version, those that fail (as a shim
 * without a version behind it) being passed over. Failing the exact version, the nearest newer one serves.
 */
export async function findToolchain(request: ToolchainRequest, machine: Machine): Promise<ToolchainState> {
  const { tool: name, wanted } = request;
  const tool = TOOLS[name];
  if (!tool) return missing(request, machine, name, []);
  const managed = await managedCandidates(name, tool, machine);
  const exact = managed.find(({ version }) => compareToWanted(version, wanted) === 0);
  if (exact) return found(request, exact);
  const all = [...managed, ...(await pathCandidates(tool, wanted, machine))];
  const best = pick(all, wanted);
  if (!best) return missing(request, machine, tool.title, all);
  if (compareToWanted(best.version, wanted) === 0) return found(request, best);
  const state = found(request, best);
  const used = `${tool.title} ${state.version} (${best.path}) is used instead`;
  state.notice = `${tool.title} ${wanted} was not found; ${used}. To install it: ${installHint(request, machine)}`;
  return state;
}

/** The exact version, else the nearest newer one; of one minor version the newest patch. */
function pick(candidates: readonly Candidate[], wanted: string): Candidate | undefined {
  const exact = candidates.find(({ version }) => compareToWanted(version, wanted) === 0);
  if (exact) return exact;
  const newer = candidates.filter(({ version }) => compareToWanted(version, wanted) > 0);
  return newer.sort(
    ({ version: a }, { version: b }) => a[0] - b[0] || a[1] - b[1] || compareVersions(b, a),
  )[0];
}

async function managedCandidates(name: string, tool: Tool, machine: Machine): Promise<Candidate[]> {
  const own = parseVersion(machine.node.version);
  const first = name === 'node' && own ? [{ path: machine.node.path, version: own }] : [];
  const folders = tool.managed(machine).map(async ({ path, name: pattern, executables }) => {
    const versions = (await machine.list(path)).flatMap((entry) => {
      const version = parseVersion(pattern.exec(entry)?.[1] ?? '');
      return version ? [{ folder: `${path}/${entry}`, version }] : [];
    });
    versions.sort((a, b) => compareVersions(b.version, a.version));
    const candidates = versions.map(async ({ folder, version }) => {
      const file = await firstExecutable(folder, executables, machine);
      return file ? [{ path: file, version }] : [];
    });
    return (await Promise.all(candidates)).flat();
  });
  return [...first, ...(await Promise.all(folders)).flat()];
}

async function firstExecutable(folder: string, names: readonly string[], machine: Machine) {
  for (const name of names) {
    if (await machine.isExecutable(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return undefined;
}

/** Asks every program of the tool's name for its version, at once; in the order of PATH. */
async function pathCandidates(tool: Tool, wanted: string, machine: Machine): Promise<Candidate[]> {
  const { delimiter } = machine.platform === 'win32' ? win32 : posix;
  const path = (machine.env.PATH ?? machine.env.Path ?? '').split(delimiter).filter((part) => part !== '');
  const folders = [...new Set([...path, ...tool.folders])];
  const candidates = folders.map(async (folder) => {
    const names = (await machine.list(folder)).filter((file) => isWorthAsking(file, tool, wanted));
    // The longer name is the more precise one: python3.12 before python3.
    names.sort((a, b) => b.length - a.length);
    return Promise.all(names.map((file) => ask(`${folder}/${file}`, tool, machine)));
  });
  return (await Promise.all(candidates)).flat().filter((candidate) => candidate !== undefined);
}

function isWorthAsking(file: string, tool: Tool, wanted: string): boolean {
  const match = tool.fileName.exec(file);
  const claimed = match?.[1] === undefined ? undefined : parseVersion(match[1]);
  return match !== null && (claimed === undefined || compareToWanted(claimed, wanted) >= 0);
}

async function ask(path: string, tool: Tool, machine: Machine): Promise<Candidate | undefined> {
  if (!(await machine.isExecutable(path))) return undefined;
  const version = parseVersion((await machine.run(path, tool.versionArgs)) ?? '');
  return version && { path, version };
}

function found({ tool, wanted }: ToolchainRequest, { path, version }: Candidate): ToolchainState {
  return { tool, wanted, path, version: formatVersion(version), usable: true };
}

function missing(
  request: ToolchainRequest,
  machine: Machine,
  title: string,
  older: readonly Candidate[],
): ToolchainState {
  const { tool, wanted } = request;
  const newest = [...older].sort((a, b) => compareVersions(b.version, a.version))[0];
  const but = newest
    ? `is needed, but only ${formatVersion(newest.version)} (${newest.path}) was found`
    : 'is needed, but was not found on PATH or in the usual places';
  const notice = `${title} ${wanted} ${but}. To install it: ${installHint(request, machine)}`;
  const state: ToolchainState = { tool, wanted, notice, usable: false };
  if (newest) state.version = formatVersion(newest.version);
  return state;
}

function installHint({ tool, install }: ToolchainRequest, { platform }: Machine): string {
  return install[platform] ?? install.any ?? `install ${tool}`;
}
