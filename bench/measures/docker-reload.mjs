import { startOnDocker } from '../support/docker.mjs';
import { createFunction, LANGUAGES, serving, updateFunction } from '../support/platform.mjs';
import { linkedUrl, ReloadSubject, saving, sourceFile } from '../support/reload-subject.mjs';
import { atMost } from '../support/rows.mjs';
import { startLambdock, temporaryFolder } from '../support/servers.mjs';
import { median } from '../support/statistics.mjs';

const AIM = 150;
const ROUNDS = 2;

/** @typedef {import('../support/platform.mjs').Language} Language */

/**
 * From a save, or from the sending of a PATCH, to the first answer of the new code in a container, asked for without a
 * pause. Beside it a saved file of the same language where functions are processes.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function dockerReload(bench) {
  const { scope, cli, quick } = bench;
  const folder = temporaryFolder(scope);
  const inContainers = await startOnDocker(bench);
  const inProcesses = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  /** @type {Language[]} */
  const languages = ['node', 'python', 'golang'];
  const subjects = [];
  for (const language of languages) {
    const changes = language === 'golang' ? 6 : 20;
    subjects.push({
      language,
      changes: quick ? 4 : changes,
      floor: await saved(inProcesses.url, folder, `${language}, process`, language),
      file: await saved(inContainers.url, folder, `${language}, saved by rename`, language),
      patch: await patched(inContainers.url, `${language}, PATCH`, language),
    });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { changes, floor, file, patch } of subjects)
      for (const subject of [floor, file, patch]) await subject.measure(changes / ROUNDS, `round ${round}`);
  }
  const ours = subjects.flatMap(({ file, patch }) => [file, patch]);
  const failures = ours.flatMap((each) => each.failures);
  return [
    ...subjects.flatMap(({ language, floor, file, patch }) => {
      const rows = [file, patch].map((each) => each.row(median(floor.times)));
      return language === 'golang' ? rows : rows.map((row) => atMost(row, AIM));
    }),
    {
      ...atMost({ name: 'failed requests', value: failures.length, unit: '' }, 0),
      note: failures.join('; '),
    },
    {
      name: 'answers with old content',
      value: subjects.reduce((total, { file }) => total + file.stale, 0),
      unit: '',
      note: 'to requests sent after the save',
    },
  ];
}

/**
 * @param {string} url
 * @param {string} folder
 * @param {string} name
 * @param {Language} language
 */
async function saved(url, folder, name, language) {
  const source = sourceFile(folder, name.replaceAll(/\W+/g, '-'), LANGUAGES[language]);
  return new ReloadSubject({ name, url: await linkedUrl(url, source), change: saving(source) });
}

/**
 * @param {string} url
 * @param {string} name
 * @param {Language} language
 */
async function patched(url, name, language) {
  const { code } = LANGUAGES[language];
  const id = await createFunction(url, { runtime: language, code: code('before') });
  const endpoint = `${url}/endpoint/${id}`;
  await serving(endpoint);
  const change = (/** @type {string} */ text) => updateFunction(url, { id, code: code(text) });
  return new ReloadSubject({ name, url: endpoint, change });
}
