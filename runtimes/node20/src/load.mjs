import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Imports a handler file, or what a build step made of it.
 * @returns {Promise<{ handler: Function, upgrade?: Function }>}
 */
export async function loadHandler({ directory, entry, artifact }) {
  if (artifact) process.setSourceMapsEnabled(true);
  process.chdir(directory); // relative paths in user code start at its folder
  const module = await import(pathToFileURL(artifact ?? join(directory, entry)).href);
  const handler = pickHandler(module);
  if (typeof handler !== 'function')
    throw new HandlerMissing(describeMissing(handler, basename(entry)), entry);
  return { handler, upgrade: typeof module.upgrade === 'function' ? module.upgrade : undefined };
}

/** The code loads, but holds nothing that could answer a request. */
export class HandlerMissing extends Error {
  name = 'HandlerMissing';

  constructor(message, file) {
    super(message);
    this.file = file;
  }
}

/** A transpiler's CommonJS output has the default export one level down. */
function pickHandler(module) {
  const exported = module.default;
  return typeof exported === 'object' && exported !== null && 'default' in exported
    ? exported.default
    : exported;
}

function describeMissing(exported, file) {
  const how = file.endsWith('.cjs')
    ? 'write `module.exports = function handler(req, res) { … }`'
    : 'write `export default function handler(req, res) { … }`';
  if (exported === undefined) return `${file} has no default export: ${how}`;
  return `the default export of ${file} is ${describeType(exported)}, not a function: ${how}`;
}

function describeType(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`;
}
