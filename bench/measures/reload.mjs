import { join } from 'node:path';
import { goBuild } from '../support/go-build.mjs';
import { LANGUAGES } from '../support/platform.mjs';
import { inPlace, linkedUrl, ReloadSubject, saving, sourceFile } from '../support/reload-subject.mjs';
import { atMost } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { median } from '../support/statistics.mjs';

/** On top of the compiler's own time. */
const GO_MARGIN = 50;

/**
 * From a save to the first answer of the new code, asked for without a pause. Beside it a bare server that imports the
 * changed module again.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function reload({ cli, quick, scope }) {
  const folder = temporaryFolder(scope);
  const daemon = await startLambdock(scope, { cli, dataDir: join(folder, 'data') });
  const saves = quick ? 6 : 20;
  const goSaves = quick ? 3 : 8;

  const { node, python, golang } = LANGUAGES;
  const floorSource = sourceFile(folder, 'floor', node);
  const floorServer = await startServer(scope, 're-import.mjs', [floorSource.file]);
  const floor = new ReloadSubject({
    name: 'bare',
    url: `${floorServer.url}/`,
    change: saving(floorSource),
  });
  /** @param {string} name @param {{ file: string, code: (text: string) => string }} language */
  const linked = async (name, language) => {
    const source = sourceFile(folder, name, language);
    return { name, source, url: await linkedUrl(daemon.url, source) };
  };
  const inNode = await linked('node', node);
  const [inTypescript, inPython, inGo] = [
    await linked('typescript', { file: 'handler.ts', code: typescript }),
    await linked('python', python),
    await linked('go', golang),
  ].map(({ source, ...rest }) => new ReloadSubject({ ...rest, change: saving(source) }));
  const { url, source } = inNode;
  const renamed = new ReloadSubject({ name: 'node, saved by rename', url, change: saving(source) });
  const written = new ReloadSubject({ name: 'node, saved in place', url, change: saving(source, inPlace) });
  const hasty = new ReloadSubject({
    name: 'node, saves without a pause',
    url,
    change: saving(source),
    pause: 0,
  });
  const subjects = [floor, renamed, written, hasty, inTypescript, inPython, inGo];

  const compile = goBuild(sourceFile(folder, 'go-alone', golang).file, golang.code);
  await compile('warm-up');
  /** @type {number[]} */
  const compileTimes = [];
  const rounds = quick ? 1 : 2;
  for (let round = 0; round < rounds; round++) {
    for (const each of subjects)
      await each.measure((each === inGo ? goSaves : saves) / rounds, `round ${round}`);
    for (let n = 0; n < goSaves / rounds; n++) compileTimes.push(await compile(`round ${round}.${n}`));
  }

  const bare = median(floor.times);
  const compiler = median(compileTimes);
  const ofLambdock = subjects.slice(1);
  const failures = ofLambdock.flatMap((each) => each.failures);
  const stale = ofLambdock.reduce((total, each) => total + each.stale, 0);
  return [
    atMost(renamed.row(bare), 25),
    atMost(written.row(bare), 25),
    hasty.row(bare),
    inTypescript.row(bare),
    atMost(inPython.row(bare), 100),
    { ...atMost(inGo.row(bare), compiler + GO_MARGIN), note: `go build alone: ${compiler.toFixed(0)} ms` },
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

/** @param {string} text */
function typescript(text) {
  return `interface Response { end(body: string): void }

export default function handler(_req: unknown, res: Response): void {
  const text: string = ${JSON.stringify(text)};
  res.end(text);
}
`;
}
