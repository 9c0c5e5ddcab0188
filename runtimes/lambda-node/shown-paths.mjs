import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN = /(?:file:\/\/)?%HERE%\/[\w-]+\.mjs/g;
const own = new RegExp(
  OWN.source.replace('%HERE%', escaped(dirname(fileURLToPath(import.meta.url)))),
  OWN.flags,
);
let folders = [];
let name;

/**
 * From here on stacks name the files of code that was uploaded as AWS does, below `/var/task`, and not where this machine
 * keeps it: nobody could find anything there. Code that runs from its author's own folder keeps its paths.
 */
export function showTaskRootAs(taskRoot, shownRoot) {
  name = shownRoot;
  // Node tells where a link leads; longest first, in case one begins like the other.
  folders = [...new Set([taskRoot, realpathSync(taskRoot)])].sort((a, b) => b.length - a.length);
}

export function shown(text) {
  if (typeof text !== 'string') return text;
  const ours = text.replace(own, 'file:///var/runtime/index.mjs');
  return folders.reduce((result, folder) => result.replaceAll(folder, name), ours);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
