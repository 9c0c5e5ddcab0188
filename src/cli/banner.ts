import { homedir } from 'node:os';
import { relative } from 'node:path';
import type { ToolchainState } from '../execution/runtime.ts';
import type { Style } from './style.ts';

/** A path as people write it: below the current folder or below home where it lies there. */
export function shortPath(path: string, cwd: string, home = homedir()): string {
  const below = relative(cwd, path);
  if (below === '') return '.';
  if (!below.startsWith('..')) return below;
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** `node 20.20.2, python 3.12.4, go missing`: the languages that the driver found. */
export function toolchainSummary(toolchains: readonly ToolchainState[], style: Style): string {
  return toolchains
    .map(({ tool, version, usable, wanted }) => {
      if (!usable) return style.yellow(`${tool} ${wanted} missing`);
      return `${tool} ${version ?? wanted}`;
    })
    .join(', ');
}
