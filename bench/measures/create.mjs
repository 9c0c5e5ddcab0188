import { setTimeout as sleep } from 'node:timers/promises';
import { createAndAsk } from '../support/platform.mjs';
import { atMost } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { median } from '../support/statistics.mjs';

/** A person does not create functions faster than this; the daemon has its next standby ready by then. */
const PAUSE = 500;
const ROUNDS = { node: 8, python: 6, golang: 3 };

/**
 * From the create call to its answer, and to the first answer of the new function, which is asked at once. Beside it
 * the start of a bare server: what it costs to get the same answer without lambdock.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function create({ cli, quick, scope }) {
  const { url } = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  /** @type {import('../support/platform.mjs').Language[]} */
  const languages = ['node', 'python', 'golang'];
  for (const runtime of languages) await createAndAsk(url, runtime, 'warm-up');
  /** @type {number[]} */
  const bareTimes = [];
  const times = new Map(
    languages.map((runtime) => [
      runtime,
      { created: /** @type {number[]} */ ([]), first: /** @type {number[]} */ ([]) },
    ]),
  );
  for (let round = 0; round < (quick ? 3 : ROUNDS.node); round++) {
    const bare = await startServer(scope, 'bare.mjs');
    bareTimes.push(bare.readyMs);
    await bare.stop();
    for (const [runtime, { created, first }] of times) {
      if (round >= ROUNDS[runtime]) continue;
      await sleep(PAUSE);
      const measured = await createAndAsk(url, runtime, `round ${round}`);
      created.push(measured.created);
      first.push(measured.first);
    }
  }
  const bare = median(bareTimes);
  return [...times].flatMap(([runtime, { created, first }]) => {
    const firstRow = {
      name: `${runtime}: create and first response`,
      value: median(first),
      unit: 'ms',
      bare,
    };
    return [
      { name: `${runtime}: create`, value: median(created), unit: 'ms', bare },
      runtime === 'node' ? atMost(firstRow, 150) : firstRow,
    ];
  });
}
