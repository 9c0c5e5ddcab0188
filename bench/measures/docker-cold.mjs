import { containerOf, standbysReady, startOnDocker } from '../support/docker.mjs';
import { FloorContainers } from '../support/floor-container.mjs';
import { createAndAsk, LANGUAGES, removeFunction } from '../support/platform.mjs';
import { atMostTimes } from '../support/rows.mjs';
import { paired } from '../support/statistics.mjs';

/** @type {[import('../support/platform.mjs').Language, number][]} */
const ROUNDS = [
  ['node', 10],
  ['python', 8],
  ['golang', 4],
];
/** Times `docker run` of the same image. */
const AIM = 1.3;

/**
 * From the creation of a function to its first answer, where a container has to be started for it and where one stands
 * by. Beside it `docker run` of the same image with the same code, until its port answers.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function dockerCold(bench) {
  const { quick, scope } = bench;
  const cold = await startOnDocker(bench, ['--no-standby']);
  const warm = await startOnDocker(bench);
  const rows = [];
  let used = 0;
  for (const [runtime, most] of ROUNDS) {
    const code = LANGUAGES[runtime].code('floor');
    const first = await createAndAsk(cold.url, runtime, 'warm-up');
    const floor = await FloorContainers.open(scope, await containerOf(first.id), code);
    await floor.byCommand();
    const other = await createAndAsk(warm.url, runtime, 'warm-up');
    await removeFunction(warm.url, other.id);
    used++;
    const times = new Times();
    for (let round = 0; round < (quick ? 3 : most); round++) {
      times.command.push(await floor.byCommand());
      times.api.push(await floor.byApi());
      times.cold.push(await coldStart(cold.url, runtime, `cold ${round}`));
      await standbysReady(warm.url, used);
      times.warm.push(await coldStart(warm.url, runtime, `warm ${round}`));
    }
    await removeFunction(cold.url, first.id);
    const row = (/** @type {string} */ name, /** @type {number[]} */ values) => ({
      name: `${runtime}: ${name}`,
      unit: 'ms',
      ...paired(values, times.command),
    });
    rows.push(
      atMostTimes(row('create and first response, no standby', times.cold), AIM),
      atMostTimes(row('create and first response, standby', times.warm), AIM),
      row('container by the API alone', times.api),
    );
  }
  return rows;
}

class Times {
  command = /** @type {number[]} */ ([]);
  api = /** @type {number[]} */ ([]);
  cold = /** @type {number[]} */ ([]);
  warm = /** @type {number[]} */ ([]);
}

/**
 * @param {string} url
 * @param {import('../support/platform.mjs').Language} runtime
 * @param {string} text
 */
async function coldStart(url, runtime, text) {
  const { id, first } = await createAndAsk(url, runtime, text);
  await removeFunction(url, id);
  return first;
}
