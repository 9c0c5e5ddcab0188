import { type SourceError, SourceFailure } from '../source.ts';
import { findRequirement } from './requirements.ts';
import type { ToolResult } from './run-tool.ts';

/** `pip install`, for a program to read. */
export const PIP_INSTALL = ['install', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];

/** A failure of `pip install`, at the line of the user's requirements.txt that is to blame where that can be told. */
export function explainPip(result: ToolResult, requirements: string): SourceFailure {
  const why = lastMeaningful(result.lines);
  const failure = setupFailure(`pip install failed: ${why}`, result);
  const culprit = /(?:for|requirement:?) '?([A-Za-z0-9][\w.-]*)/.exec(why)?.[1];
  const line = culprit === undefined ? undefined : findRequirement(requirements, culprit);
  if (line === undefined) return failure;
  return new SourceFailure({ ...failure.detail, file: 'requirements.txt', line });
}

/** What pip says while it works, as far as it is of interest; undefined for the rest. */
export function pipProgress(line: string): string | undefined {
  return /^(?:Collecting|Downloading|Building|Installing)/.test(line)
    ? line.replace(/ \(from .*/, '')
    : undefined;
}

/** The last line that says what went wrong: pip's own verdict when there is one. */
export function lastMeaningful(lines: readonly string[]): string {
  const said = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:\[?notice|hint:|note:)/i.test(line));
  const verdict = said.findLast((line) => line.startsWith('ERROR:'));
  return (verdict ?? said.at(-1) ?? 'it said nothing').replace(/^ERROR:\s*/, '');
}

export function setupFailure(message: string, { lines }: ToolResult): SourceFailure {
  const detail: SourceError = { kind: 'setup', message };
  if (lines.length > 0) detail.stack = lines.slice(-40).join('\n');
  return new SourceFailure(detail);
}
