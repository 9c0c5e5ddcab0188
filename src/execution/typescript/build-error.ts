import { isAbsolute, relative, resolve } from 'node:path';
import type { BuildFailure } from 'esbuild';
import type { CodeLocation } from '../runtime.ts';
import { type SourceError, SourceFailure } from '../source.ts';

/** A failed build as the first of its errors, with the code frames of all in `stack`. */
export async function explainBuildFailure(
  failure: BuildFailure,
  { directory }: CodeLocation,
  esbuild: Pick<typeof import('esbuild'), 'formatMessages'>,
): Promise<SourceFailure> {
  const first = failure.errors[0];
  const frames = await esbuild.formatMessages(failure.errors, { kind: 'error', color: false });
  const message = first?.text ?? failure.message;
  const missing = /^(?:Could not resolve|Cannot find package)/.test(message);
  const detail: SourceError = {
    kind: 'load',
    name: missing ? 'ModuleNotFoundError' : 'SyntaxError',
    message,
    stack: frames.map((frame) => frame.trimEnd()).join('\n\n'),
  };
  if (first?.location) {
    const { file, line, column, lineText } = first.location;
    const path = resolve(directory, file);
    const short = relative(directory, path);
    detail.file = short.startsWith('..') || isAbsolute(short) ? path : short;
    detail.line = line;
    // esbuild counts bytes from 0; people count characters from 1.
    detail.column = Buffer.from(lineText).subarray(0, column).toString().length + 1;
  }
  return new SourceFailure(detail);
}
