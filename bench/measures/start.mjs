import { join } from 'node:path';
import { createFunction, HELLO } from '../support/platform.mjs';
import { atMostTimes } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { paired } from '../support/statistics.mjs';

const STORED_FUNCTIONS = 50;

/**
 * From the spawn of a process to its first answer, asked for on a new connection every millisecond.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function start({ cli, quick, scope }) {
  const folder = temporaryFolder(scope);
  const existing = join(folder, 'existing');
  await fill(scope, cli, existing);
  /** @type {Record<'bare' | 'fresh' | 'existing', number[]>} */
  const times = { bare: [], fresh: [], existing: [] };
  for (let round = 0; round < (quick ? 5 : 15); round++) {
    const bare = await startServer(scope, 'bare.mjs');
    times.bare.push(bare.readyMs);
    await bare.stop();
    const fresh = await startLambdock(scope, { cli, dataDir: join(folder, `fresh-${round}`) });
    times.fresh.push(fresh.readyMs);
    await fresh.stop();
    const again = await startLambdock(scope, { cli, dataDir: existing });
    times.existing.push(again.readyMs);
    await again.stop();
  }
  const row = (/** @type {string} */ name, /** @type {number[]} */ values) =>
    atMostTimes({ name, unit: 'ms', ...paired(values, times.bare) }, 1.5);
  return [
    row('start to ready, fresh data folder', times.fresh),
    row(`start to ready, ${STORED_FUNCTIONS} functions stored`, times.existing),
  ];
}

/**
 * @param {import('../support/scope.mjs').Scope} scope
 * @param {string} cli
 * @param {string} dataDir
 */
async function fill(scope, cli, dataDir) {
  const daemon = await startLambdock(scope, { cli, dataDir });
  for (let n = 0; n < STORED_FUNCTIONS; n++)
    await createFunction(daemon.url, { runtime: 'node', code: HELLO });
  await daemon.stop();
}
