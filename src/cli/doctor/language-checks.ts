import type { ToolchainState } from '../../execution/runtime.ts';
import type { CheckResult } from './check.ts';

/** A language that is missing only matters to who uses it: a warning. */
export function checkLanguage({ tool, wanted, path, version, notice, usable }: ToolchainState): CheckResult {
  const name = `${tool} ${wanted}`;
  if (!usable) return { name, state: 'warning', detail: notice ?? 'not found' };
  const detail = `${version ?? 'found'}${path ? ` (${path})` : ''}`;
  return { name, state: 'ok', detail, ...(notice && { advice: notice }) };
}
