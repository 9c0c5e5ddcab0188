import { setTimeout as sleep } from 'node:timers/promises';
import { active, createLambda, helloPackage, invoke, lambdaClient, rawInvocation } from '../support/aws.mjs';
import { CONNECTIONS } from '../support/contenders.mjs';
import { throughput } from '../support/load.mjs';
import { childMemory, residentMb } from '../support/processes.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';

const NAME = 'hello';
const BURST_SECONDS = 5;
const QUIET = 3_000;
const AFTER = 10_000;
const SAMPLE_EVERY = 100;
const MANY = 100_000;
/** The part of them that is made before, to compare with. */
const SETTLING = 4;
/** "Flat": within a tenth. */
const FLAT = 1.1;

/**
 * Resident memory of the daemon's own process before, during and after a burst, and after many invocations; environments apart.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function awsMemory({ cli, quick, scope }) {
  const bare = await startServer(scope, 'bare.mjs');
  const daemon = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  const sdk = lambdaClient(daemon.url);
  scope.defer(() => sdk.destroy());
  await createLambda(sdk, NAME, helloPackage());
  await active(sdk, NAME);
  await invoke(sdk, NAME);
  await sleep(QUIET);
  const idle = resident([bare, daemon]);

  const { path, request } = rawInvocation(NAME);
  /** @param {import('../support/servers.mjs').Server} server */
  const load = (server, /** @type {{ seconds?: number, amount?: number }} */ how) =>
    peakDuring(server, () => throughput(server.url + path, { connections: CONNECTIONS, request, ...how }));
  const afterLoad = async (/** @type {number} */ amount) => {
    await load(bare, { amount });
    await load(daemon, { amount });
    await sleep(AFTER);
    return resident([bare, daemon]);
  };
  const burst = [
    await load(bare, { seconds: BURST_SECONDS }),
    await load(daemon, { seconds: BURST_SECONDS }),
  ];
  const environments = total(daemon.pid);
  await sleep(AFTER);
  const after = resident([bare, daemon]);

  const amount = quick ? MANY / 10 : MANY;
  // The engine takes memory until code is compiled and caches are full: what grows after that is a leak.
  const settled = await afterLoad(amount / SETTLING);
  const afterMany = await afterLoad(amount);
  const limit = settled[1] * FLAT;

  const row = (/** @type {string} */ name, /** @type {number[]} */ [bareMb, ours]) => ({
    name,
    value: ours,
    bare: bareMb,
    unit: 'MB',
  });
  return [
    row('daemon, idle, one environment', idle),
    row(`daemon, most during ${BURST_SECONDS} s of ${CONNECTIONS} connections`, burst),
    row('daemon, 10 s after', after),
    row(`daemon, after ${(amount / SETTLING).toLocaleString('en-US')} invocations`, settled),
    {
      ...row(`daemon, after ${amount.toLocaleString('en-US')} invocations more`, afterMany),
      aim: `as before ± 10%: ≤ ${limit.toFixed(0)} MB`,
      met: afterMany[1] <= limit,
    },
    {
      name: 'all environments, at the end of the burst',
      value: environments.mb,
      unit: 'MB',
      note: `${environments.count} processes`,
    },
    {
      name: 'all environments, at the end',
      value: total(daemon.pid).mb,
      unit: 'MB',
      note: `${total(daemon.pid).count} processes`,
    },
  ];
}

/**
 * @param {import('../support/servers.mjs').Server} server
 * @param {() => Promise<unknown>} work
 */
async function peakDuring(server, work) {
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, ...resident([server]));
  }, SAMPLE_EVERY);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  return peak;
}

/** @param {import('../support/servers.mjs').Server[]} servers */
function resident(servers) {
  return servers.map(({ pid }) => {
    const mb = residentMb(pid);
    if (mb === undefined) throw new Error(`process ${pid} ended during the measurement`);
    return mb;
  });
}

/** @param {number} pid */
function total(pid) {
  const children = childMemory(pid);
  return { mb: children.reduce((sum, { rssMb }) => sum + rssMb, 0), count: children.length };
}
