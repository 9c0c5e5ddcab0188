import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** `fn (file:///a/b.mjs:3:5)` or `file:///a/b.mjs:3:5`, with a path instead of the URL in CommonJS and mapped frames. */
const LOCATION = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;
/** Characters that help a reader; what is longer is data that found its way into an error. */
const LONGEST_MESSAGE = 4_000;
const LONGEST_STACK = 16_000;
const OURS = import.meta.url;
const OUR_PATH = fileURLToPath(OURS);

/**
 * What the protocol says about an error: its name and message, the user's own stack, and where it happened, relative
 * to the function's folder where inside it.
 */
export function describeError(thrown, directory) {
  if (!(thrown instanceof Error) && typeof thrown?.stack !== 'string') {
    const text = cut(typeof thrown === 'string' ? thrown : inspect(thrown), LONGEST_MESSAGE);
    return { name: 'Error', message: text, stack: `Thrown without an Error: ${text}` };
  }
  const stack = userStack(thrown);
  return {
    name: String(thrown.name ?? 'Error'),
    message: cut(String(thrown.message ?? ''), LONGEST_MESSAGE),
    stack: cut(stack, LONGEST_STACK),
    ...locate(stack, directory),
  };
}

/** The beginning and the end of a text that is too long. */
function cut(text, most) {
  return text.length > most ? `${text.slice(0, most / 2)} … ${text.slice(-most / 2)}` : text;
}

/** Path relative to the function's folder, or the path itself when it lies elsewhere. */
export function shortenPath(pathOrUrl, directory) {
  const path = pathOrUrl.startsWith('file://') ? fileURLToPath(withoutQuery(pathOrUrl)) : pathOrUrl;
  const short = relative(directory, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}

function withoutQuery(url) {
  return url.replace(/[?#].*$/, '');
}

function userStack(error, depth = 0) {
  const lines = String(error.stack ?? error)
    .split('\n')
    .filter((line) => !isOurs(line));
  // What is left at the bottom is how Node came to call the handler.
  while (/^\s+at .*\(?node:[^)]*\)?$/.test(lines.at(-1))) lines.pop();
  let text = lines.join('\n');
  if (error.cause instanceof Error && depth < 5) text += `\nCaused by: ${userStack(error.cause, depth + 1)}`;
  for (const one of depth < 5 && error instanceof AggregateError ? error.errors : [])
    text += `\n- ${one instanceof Error ? userStack(one, depth + 1) : inspect(one)}`;
  return text;
}

function isOurs(line) {
  if (!/^\s+at /.test(line)) return false;
  return line.includes('node:internal/') || line.includes(OURS) || line.includes(OUR_PATH);
}

/** The innermost frame in the function's own files; in a package of its when there is none. */
function locate(stack, directory) {
  let fallback;
  for (const line of stack.split('\n')) {
    const match = /^\s+at /.test(line) ? LOCATION.exec(line) : null;
    if (!match || match[1].startsWith('node:')) continue;
    const place = {
      file: shortenPath(match[1], directory),
      line: Number(match[2]),
      column: Number(match[3]),
    };
    if (!isAbsolute(place.file) && !place.file.includes('node_modules')) return place;
    fallback ??= place;
  }
  return fallback;
}
