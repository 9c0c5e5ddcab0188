import { describeSourceError, type SourceError } from '../execution/source.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Style } from './style.ts';
import { printable } from './text-width.ts';

const INDENT = '          ';
const FILES_NAMED = 3;

export interface ReloadLineOptions {
  style: Style;
  /** Put before what happened when several functions share the screen. */
  title?: string | undefined;
}

/** What to print for a journal entry about a function: one line, then a stack where code failed. Empty for most entries. */
export function reloadLines(entry: JournalEntry, { style, title }: ReloadLineOptions): string[] {
  const who = title === undefined ? '' : `${style.bold(printable(title))}  `;
  const start = `${style.dim(timeOfDay(entry.time))}  ${who}`;
  switch (entry.type) {
    case 'reload.finished': {
      const files = entry.files.length > 0 ? `  ${describeFiles(entry.files)}` : '';
      const took = describeDuration(entry.durationMs).padStart(6);
      if (entry.outcome === 'ready') return [`${start}${style.green('ready ')}  ${took}${files}`];
      return [
        `${start}${style.red('failed')}  ${took}${files}  ${errorLine(entry.error)}`,
        ...stackLines(entry.error).map((line) => `${INDENT}${style.dim(line)}`),
      ];
    }
    case 'workload.exited':
      return entry.expected ? [] : [`${start}${style.red('exited')}  ${printable(entry.reason)}`];
    case 'progress':
      return [`${start}${style.dim(printable(entry.message))}`];
    case 'notice':
      return [`${start}${style.yellow(printable(entry.message))}`];
    case 'parity.warning': {
      const { service, action, resource, missing } = entry;
      const what = printable(`AWS would refuse ${service}:${action} on ${resource}: ${missing}`);
      return [`${start}${style.yellow(what)}`];
    }
    default:
      return [];
  }
}

/** `14 ms`, `2.3 s`. */
export function describeDuration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

function errorLine(error: SourceError | undefined): string {
  return error ? printable(describeSourceError(error)) : 'the code does not serve';
}

/** The user's own stack for a terminal, without a first line that says what the error's one line says. */
export function stackLines(error: SourceError | undefined): string[] {
  const lines = (error?.stack ?? '').split('\n').filter((line) => line.trim() !== '');
  const repeated = error && [error.message, `${error.name}: ${error.message}`].includes(lines[0] ?? '');
  return (repeated ? lines.slice(1) : lines).map((line) => printable(line.replaceAll('\t', '  ')));
}

function describeFiles(files: readonly string[]): string {
  const named = files.slice(0, FILES_NAMED).map(printable).join(', ');
  return files.length > FILES_NAMED ? `${named} and ${files.length - FILES_NAMED} more` : named;
}

/** The local time of day, `09:05:02`. */
function timeOfDay(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
