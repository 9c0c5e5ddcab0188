import { setTimeout as sleep } from 'node:timers/promises';
import { containerMb, containerOf, siblings, startOnDocker } from '../support/docker.mjs';
import { createFunction, LANGUAGES, serving } from '../support/platform.mjs';
import { availableMb, residentMb } from '../support/processes.mjs';
import { atMost } from '../support/rows.mjs';
import { median } from '../support/statistics.mjs';

/** @typedef {import('../support/platform.mjs').Language} Language */

/** Of daemon memory with all functions idle, in MB. */
const AIM = 150;
/** More than these would be started by nobody at one time, and the bench has other things to do. */
const AT_ONCE = 4;
const QUIET = 10_000;

/**
 * Memory of the daemon while many functions idle in containers, and of these containers: files that several of them
 * read are counted for the first one alone. It starts as many as
 * `--functions` says (100), which is why it is not part of a run that did not ask for it.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function dockerMemory(bench) {
  const { functions: count, quick } = bench;
  const daemon = await startOnDocker(bench, ['--no-standby']);
  await sleep(quick ? 1_000 : QUIET);
  const empty = resident(daemon.pid);
  const availableBefore = availableMb();
  /** @type {Map<Language, string[]>} */
  const ids = new Map([
    ['node', []],
    ['python', []],
    ['golang', []],
  ]);
  // Most are Node's; a few of each other language tell what those need.
  const few = Math.min(5, Math.floor(count / 4));
  /** @type {Language[]} */
  const wanted = Array.from({ length: count }, (_, n) =>
    n < few ? 'python' : n < 2 * few ? 'golang' : 'node',
  );
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let runtime = wanted.pop(); runtime; runtime = wanted.pop()) {
        const id = await createFunction(daemon.url, { runtime, code: LANGUAGES[runtime].code('idle') });
        await serving(`${daemon.url}/endpoint/${id}`);
        ids.get(runtime)?.push(id);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  await sleep(quick ? 1_000 : QUIET);
  const machine = (availableBefore - availableMb()) / count;
  const [someId = ''] = ids.get('node') ?? [];
  const running = (await siblings(await containerOf(someId))).filter(({ State }) => State === 'running');
  const rows = [
    { name: 'daemon, no function', value: empty, unit: 'MB' },
    {
      ...atMost(
        { name: `daemon, ${count} functions idle`, value: resident(daemon.pid), bare: empty, unit: 'MB' },
        AIM,
      ),
      note: `${running.length} containers run; they took ${seconds.toFixed(0)} s`,
    },
    {
      name: 'of the whole machine, a function',
      value: machine,
      unit: 'MB',
      note: 'with Docker’s own processes',
    },
  ];
  for (const [runtime, of] of ids) {
    const measured = [];
    for (const id of of.slice(0, 10)) measured.push(await containerMb((await containerOf(id)).Id));
    if (measured.length > 0)
      rows.push({ name: `container of a ${runtime} function, idle`, value: median(measured), unit: 'MB' });
  }
  return rows;
}

/** @param {number} pid */
function resident(pid) {
  const rss = residentMb(pid);
  if (rss === undefined) throw new Error(`process ${pid} ended during the measurement`);
  return rss;
}
