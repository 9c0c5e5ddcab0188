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
  const times = { bare: samples(), fresh: samples(), existing: samples() };
  for (let round = 0; round < (quick ? 5 : 12); round++) {
    await once(times.bare, () => startServer(scope, 'bare.mjs'));
    await once(times.fresh, () => startLambdock(scope, { cli, dataDir: join(folder, `fresh-${round}`) }));
    await once(times.existing, () => startLambdock(scope, { cli, dataDir: existing }));
  }
  const rows = (/** @type {string} */ name, /** @type {Samples} */ { wall, cpu }) => [
    atMostTimes({ name: `start to ready, ${name}`, unit: 'ms', ...paired(wall, times.bare.wall) }, 1.5),
    { name: `CPU until ready, ${name}`, unit: 'ms', ...paired(cpu, times.bare.cpu) },
  ];
  return [
    ...rows('fresh data folder', times.fresh),
    ...rows(`${STORED_FUNCTIONS} functions stored`, times.existing),
  ];
}

/**
 * @typedef {{ wall: number[], cpu: number[] }} Samples
 * @returns {Samples}
 */
function samples() {
  return { wall: [], cpu: [] };
}

/**
 * @param {Samples} into
 * @param {() => Promise<import('../support/servers.mjs').Server>} startOne
 */
async function once(into, startOne) {
  const server = await startOne();
  into.wall.push(server.readyMs);
  into.cpu.push(server.readyCpuMs);
  await server.stop();
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
