import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensurePrograms } from './apt.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Resolves with the path of a Chromium for the tests of the console, installed where that can be done, or with what is missing. */
export async function ensureChromium({ say }) {
  if (!find()) await ensurePrograms({ chromium: 'chromium' }, say);
  const path = process.env.LAMBDOCK_TEST_CHROMIUM ?? find();
  return path ? { path } : { missing: 'Chromium' };
}

function find() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}
