import { existsSync } from 'node:fs';
import { describeLoadError } from './describe-load-error.mjs';
import { loadHandler } from './load.mjs';

const ENTRIES = ['handler.mjs', 'handler.js', 'handler.cjs'];
const DEFAULT_PORT = 8080;

/** Serves the handler of the working folder, as in a container. */
export async function runInContainer(server) {
  const directory = process.cwd();
  const entry = ENTRIES.find((name) => existsSync(name)) ?? ENTRIES[0];
  let loaded;
  try {
    loaded = await loadHandler({ directory, entry });
  } catch (error) {
    const { stack } = await describeLoadError(error, { directory, entry });
    process.stderr.write(`${stack}\n`);
    process.exit(1);
  }
  server.serve(loaded, directory);
  process.once('SIGTERM', () => server.close().then(() => process.exit(0)));
  await server.listen(Number(process.env.PORT || DEFAULT_PORT), process.env.HOST ?? '127.0.0.1');
}
