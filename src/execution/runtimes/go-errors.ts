import { basename } from 'node:path';
import type { SourceError } from '../source.ts';

/** `./handler.go:10:2: undefined: x`; the column is left out now and then. */
const PLACED = /^(?:vet: )?([^\s:][^:]*\.go|go\.mod):(\d+)(?::(\d+))?: (.+)$/;
const OURS = 'zz_lambdock_';

export interface FailedGoBuild {
  /** What `go build` wrote. */
  lines: readonly string[];
  /** The handler file, for errors that have no place of their own. */
  entry: string;
  /** Whether the user has a go.mod. */
  ownModule: boolean;
  /** The code came through the API. */
  inline?: boolean | undefined;
}

/** Explains a failed build: the first error in the user's files, all of them in `stack`. */
export function explainGoBuild({ lines, entry, ownModule, inline }: FailedGoBuild): SourceError {
  const said = lines.filter((line) => line.trim() !== '' && !line.startsWith('# '));
  const users = said.filter((line) => !basename(place(line)?.[1] ?? '').startsWith(OURS));
  const first = users.map(place).find((match) => match !== null);
  const conflict = explainConflict(said, entry);
  const missing = explainMissingModule(said, ownModule, inline);
  const message =
    conflict?.message ??
    missing ??
    first?.[4] ??
    said[0]?.replace(/^go: /, '') ??
    'go build failed without a word';
  const misleading = conflict ?? (inline && missing);
  const stack = users.length > 0 && !misleading ? users.join('\n') : message;
  const error: SourceError = { kind: 'load', name: 'CompileError', message, stack };
  error.file = conflict?.file ?? first?.[1]?.replace(/^\.\//, '') ?? entry;
  if (first) error.line = Number(first[2]);
  if (first?.[3] !== undefined) error.column = Number(first[3]);
  return error;
}

/** Lines that go on with the error before them, as the place of another declaration, are indented. */
function place(line: string): RegExpExecArray | null {
  return PLACED.exec(line.trim());
}

/** Errors in which the user's files and the runtime's disagree, in the user's terms. */
function explainConflict(
  lines: readonly string[],
  entry: string,
): { message: string; file?: string } | undefined {
  const text = lines.join('\n');
  if (/zz_lambdock_\S+ undefined: handler$/m.test(text)) {
    const what = 'write func handler(params url.Values, w *http.ResponseWriter)';
    return { message: `${entry} defines no function handler: ${what}`, file: entry };
  }
  if (/\bmain redeclared in this block/.test(text))
    return { message: 'func main belongs to the runtime: remove it and write func handler' };
  const packages = [...text.matchAll(/(?:packages|and) (\w+) \(([^)]+)\)/g)];
  if (!text.startsWith('found packages')) return undefined;
  const stray = packages.find(([, , file]) => !file!.startsWith(OURS));
  if (!stray) return undefined;
  const [, name, file] = stray;
  return { message: `${file} is of package ${name}: it must begin with package main`, file: file! };
}

/** Go says what to type, but not that it needs a go.mod first. */
function explainMissingModule(
  lines: readonly string[],
  ownModule: boolean,
  inline: boolean | undefined,
): string | undefined {
  const missing = /no required module provides package ([^\s;]+)/.exec(lines.join('\n'))?.[1];
  if (missing === undefined) return undefined;
  if (inline)
    return `there is no package ${missing}. Code sent to the API can't have packages; a folder can: lambdock dev <folder>`;
  const commands = ownModule ? `go get ${missing}` : `go mod init handler && go get ${missing}`;
  return `no required module provides package ${missing}: run \`${commands}\` in its folder`;
}
