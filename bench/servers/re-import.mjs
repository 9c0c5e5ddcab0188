// The floor of a reload: a server that imports a changed handler again, at once and within its own process.
// `node re-import.mjs <port> <handler.mjs>`
import { watch } from 'node:fs';
import { createServer } from 'node:http';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = process.argv[3];
let version = 0;
let handler = (await load()).default;
watch(dirname(file), async (_event, name) => {
  if (name !== basename(file)) return;
  const { default: changed } = await load().catch(() => ({})); // a plain write is seen half done
  if (changed) handler = changed;
});
createServer((req, res) => handler(req, res)).listen(Number(process.argv[2]), '127.0.0.1');

function load() {
  return import(`${pathToFileURL(file)}?${++version}`);
}
