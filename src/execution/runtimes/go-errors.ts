import { basename } from 'node:path';
import type { SourceError } from '../source.ts';

/** `./handler.go:10:2: undefined: x`, the column being left out now and then. */
const PLACED = /^(?:vet: )?(\.{0,2}[^\s:][^:]*\.go|go\.mod):(\d+)(?::(\d+))?: (.+)$/;
const OURS = 'zz_lambdock_';

/** Explains a failed `go build` by its output. `entry` is the handler file, for errors that have no place of their own. */
export function explainGoBuild(lines: readonly string[], entry: string): SourceError {
  const said = lines.filter((line) => line.trim() !== '' && !line.startsWith('# '));
  const users = said.filter((line) => !basename(PLACED.exec(line)?.[1] ?? '').startsWith(OURS));
  const stack = (users.length > 0 ? users : said).join('\n');
  const runtime = explainRuntimeConflict(said, entry);
  const first = users.map((line) => PLACED.exec(line)).find((match) => match !== null);
  if (!first) {
    const message = runtime ?? explainModule(said) ?? said[0] ?? 'go build failed without a word';
    return { kind: 'load', name: 'CompileError', message, stack: runtime ?? stack, file: entry };
  }
  const error: SourceError = {
    kind: 'load',
    name: 'CompileError',
    message: runtime ?? `${first[4]}${hintFor(first[4]!)}`,
    stack,
    file: first[1]!.replace(/^\.\//, ''),
    line: Number(first[2]),
  };
  if (first[3] !== undefined) error.column = Number(first[3]);
  return error;
}

/** Errors in which the user's file and the runtime's disagree, in the user's terms. */
function explainRuntimeConflict(lines: readonly string[], entry: string): string | undefined {
  const text = lines.join('\n');
  if (/zz_lambdock_\S+ undefined: handler$/m.test(text))
    return `${entry} defines no function handler: write func handler(params url.Values, w *http.ResponseWriter)`;
  if (/\bmain redeclared in this block/.test(text))
    return 'func main is the runtime’s: remove it and write func handler';
  const names = /found packages (\w+) \(([^)]+)\) and (\w+) \(([^)]+)\)/.exec(text);
  if (names && text.includes(OURS)) {
    const [, first, firstFile, second, secondFile] = names;
    const [name, file] = firstFile!.startsWith(OURS) ? [second, secondFile] : [first, firstFile];
    return `${file} is of package ${name}: it must begin with package main`;
  }
  return undefined;
}

function explainModule(lines: readonly string[]): string | undefined {
  const line = lines.find((one) => one.startsWith('go: '));
  return line && `${line.slice('go: '.length)}${hintFor(line)}`;
}

function hintFor(message: string): string {
  if (
    /no required module provides package|missing go\.sum entry|updates to go\.(?:mod|sum) needed/.test(
      message,
    )
  )
    return message.includes('go get ') || message.includes('go mod ')
      ? ''
      : '. Run `go mod tidy` in its folder';
  return '';
}
