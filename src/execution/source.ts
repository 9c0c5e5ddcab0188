/** 24 lower-case hex characters, the creation time first, so that ids sort by creation. */
export type FunctionId = string;

/**
 * Where a function's code is. `inline` code came through the API and lies in the object store under the
 * function's id; `linked` code stays in a folder of the user's, is watched there and runs from there.
 */
export type FunctionSource =
  | { kind: 'inline'; sha256: string }
  | {
      kind: 'linked';
      /** Absolute path of the function's folder. */
      directory: string;
      /** The handler file, relative to `directory`. */
      entry: string;
      /** What the user named: the folder itself, or the one file. */
      path: string;
      /** Look for changes on a timer, for file systems that tell nothing (network mounts). */
      poll?: boolean;
      /** Globs of files whose changes don't matter, besides the usual ones. */
      ignore?: string[];
    };

/** Why code does not serve. `message` is one line a person can act on; `stack` is the user's own, never ours. */
export interface SourceError {
  kind: /** did not compile, parse, import or evaluate */
    | 'load'
    /** the process ended by itself */
    | 'exit'
    /** loading took longer than allowed */
    | 'timeout'
    /** the machine lacks a toolchain or a dependency could not be installed */
    | 'setup'
    /** more memory than allowed */
    | 'memory';
  /** The error's own type, as `SyntaxError`. */
  name?: string;
  message: string;
  stack?: string;
  /** Relative to the function's folder where inside it. */
  file?: string;
  line?: number;
  column?: number;
}

/** An error whose cause lies in the function or the machine, not in lambdock. */
export class SourceFailure extends Error {
  readonly detail: SourceError;

  constructor(detail: SourceError) {
    super(describeSourceError(detail));
    this.name = 'SourceFailure';
    this.detail = detail;
  }
}

/** One line: `SyntaxError: Unexpected token '}' (handler.mjs:3:5)`. */
export function describeSourceError(error: SourceError): string {
  const text =
    error.name && !error.message.startsWith(error.name) ? `${error.name}: ${error.message}` : error.message;
  if (!error.file) return text;
  const place = [error.file, error.line, error.line === undefined ? undefined : error.column]
    .filter((part) => part !== undefined)
    .join(':');
  return text.includes(place) ? text : `${text} (${place})`;
}
