import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goBuild } from '../support/go-build.mjs';
import { LANGUAGES, link, serving } from '../support/platform.mjs';
import { ReloadWatch } from '../support/reload-watch.mjs';
import { atMost } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { median, percentile } from '../support/statistics.mjs';

/** Between an answer that was seen and the next save. */
const PAUSE = 400;
/** On top of the compiler's own time. */
const GO_MARGIN = 50;

/**
 * @typedef {import('../support/rows.mjs').Row} Row
 * @typedef {(file: string, content: string) => void} Save
 * @typedef {object} Subject something that reloads its code when a file changes
 * @property {string} name
 * @property {string} url
 * @property {string} file
 * @property {(text: string) => string} code
 * @property {Save} save
 * @property {number} saves
 * @property {number} pause
 * @property {number[]} times
 * @property {string[]} failures
 * @property {number} stale
 */

/** @type {Save} As most editors do. */
const atomically = (file, content) => {
  writeFileSync(`${file}.tmp~`, content);
  renameSync(`${file}.tmp~`, file);
};
/** @type {Save} */
const inPlace = (file, content) => writeFileSync(file, content);

/**
 * From a save to the first answer of the new code, asked for without a pause. Beside it a bare server that imports the
 * changed module again.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function reload({ cli, quick, scope }) {
  const folder = temporaryFolder(scope);
  const daemon = await startLambdock(scope, { cli, dataDir: join(folder, 'data') });
  const saves = quick ? 6 : 20;

  /** @param {Partial<Subject> & Pick<Subject, 'name' | 'url' | 'file' | 'code'>} options */
  const subject = (options) => ({
    save: atomically,
    saves,
    pause: PAUSE,
    times: /** @type {number[]} */ ([]),
    failures: /** @type {string[]} */ ([]),
    stale: 0,
    ...options,
  });
  /** @param {string} name @param {string} fileName @param {(text: string) => string} code */
  const linked = async (name, fileName, code) => {
    const file = sourceFile(folder, name, fileName, code('before'));
    const { id } = await link(daemon.url, file);
    const url = `${daemon.url}/endpoint/${id}`;
    await serving(url);
    return { url, file, code };
  };

  const { node, python, golang } = LANGUAGES;
  const floorFile = sourceFile(folder, 'floor', node.file, node.code('before'));
  const floorServer = await startServer(scope, 're-import.mjs', [floorFile]);
  const floor = subject({ name: 'bare', url: `${floorServer.url}/`, file: floorFile, code: node.code });
  const inNode = await linked('node', node.file, node.code);
  const renamed = subject({ name: 'node, saved by rename', ...inNode });
  const written = subject({ name: 'node, saved in place', ...inNode, save: inPlace });
  const hasty = subject({ name: 'node, saves without a pause', ...inNode, pause: 0 });
  const typed = subject({ name: 'typescript', ...(await linked('typescript', 'handler.ts', typescript)) });
  const inPython = subject({ name: 'python', ...(await linked('python', python.file, python.code)) });
  const inGo = subject({
    name: 'go',
    ...(await linked('go', golang.file, golang.code)),
    saves: quick ? 3 : 8,
  });
  const subjects = [floor, renamed, written, hasty, typed, inPython, inGo];

  const compile = goBuild(sourceFile(folder, 'go-alone', golang.file, golang.code('before')), golang.code);
  await compile('warm-up');
  /** @type {number[]} */
  const compileTimes = [];
  const rounds = quick ? 1 : 2;
  for (let round = 0; round < rounds; round++) {
    for (const each of subjects) await measure(each, each.saves / rounds, `round ${round}`);
    for (let n = 0; n < inGo.saves / rounds; n++) compileTimes.push(await compile(`round ${round}.${n}`));
  }

  const bare = median(floor.times);
  /** @param {Subject} of @returns {Row} */
  const row = ({ name, times }) => ({
    name,
    value: median(times),
    unit: 'ms',
    bare,
    note: `fastest ${Math.min(...times).toFixed(0)}, p90 ${percentile(times, 0.9).toFixed(0)} ms`,
  });
  const compiler = median(compileTimes);
  const ofLambdock = subjects.slice(1);
  const failures = ofLambdock.flatMap((each) => each.failures);
  const stale = ofLambdock.reduce((total, each) => total + each.stale, 0);
  return [
    atMost(row(renamed), 25),
    atMost(row(written), 25),
    row(hasty),
    row(typed),
    atMost(row(inPython), 100),
    { ...atMost(row(inGo), compiler + GO_MARGIN), note: `go build alone: ${compiler.toFixed(0)} ms` },
    {
      ...atMost(
        { name: 'failed requests', value: failures.length, bare: floor.failures.length, unit: '' },
        0,
      ),
      note: failures.join('; '),
    },
    {
      name: 'answers with old content',
      value: stale,
      bare: floor.stale,
      unit: '',
      note: 'to requests sent after the save',
    },
  ];
}

/**
 * @param {Subject} subject
 * @param {number} saves
 * @param {string} label
 */
async function measure(subject, saves, label) {
  const { url, file, code, save, pause, times, name } = subject;
  const watch = new ReloadWatch(url);
  try {
    for (let n = 0; n < saves; n++) {
      if (pause > 0) await sleep(pause);
      const text = `${name}, ${label}, save ${n}`;
      times.push(await watch.reloadTime(text, () => save(file, code(text))));
    }
  } finally {
    await watch.stop();
  }
  subject.failures.push(...watch.failures.map((failure) => `${name}, ${failure}`));
  subject.stale += watch.stale;
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} fileName
 * @param {string} content
 */
function sourceFile(folder, name, fileName, content) {
  mkdirSync(join(folder, name));
  const file = join(folder, name, fileName);
  writeFileSync(file, content);
  return file;
}

/** @param {string} text */
function typescript(text) {
  return `interface Response { end(body: string): void }

export default function handler(_req: unknown, res: Response): void {
  const text: string = ${JSON.stringify(text)};
  res.end(text);
}
`;
}
