import { setTimeout as sleep } from 'node:timers/promises';
import { throughput } from '../support/load.mjs';
import { createFunction, HELLO, serving } from '../support/platform.mjs';
import { childMemory, residentMb } from '../support/processes.mjs';
import { atMost } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';

const BURST = { connections: 16, seconds: 5 };
const QUIET = 3_000;
const AFTER_BURST = 10_000;
const SAMPLE_EVERY = 100;
/** "The same again": within a tenth. */
const SAME = 1.1;

/**
 * Resident memory of the server's own process before, during and after a burst; function processes apart.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function memory({ cli, scope }) {
  const bare = await startServer(scope, 'bare.mjs');
  const daemon = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  await sleep(QUIET);
  const empty = { bare: resident(bare), ours: resident(daemon) };

  const id = await createFunction(daemon.url, { runtime: 'node', code: HELLO });
  const endpoint = `${daemon.url}/endpoint/${id}`;
  await serving(endpoint);
  await serving(bare.url);
  await sleep(QUIET);
  const idle = { bare: resident(bare), ours: resident(daemon) };
  const children = childMemory(daemon.pid);

  const peak = { bare: await peakDuringBurst(bare, bare.url), ours: await peakDuringBurst(daemon, endpoint) };
  await sleep(AFTER_BURST);
  const after = { bare: resident(bare), ours: resident(daemon) };
  const childrenAfter = childMemory(daemon.pid);

  const row = (/** @type {string} */ name, /** @type {{ bare: number, ours: number }} */ { ours, bare }) => ({
    name,
    value: ours,
    bare,
    unit: 'MB',
  });
  return [
    atMost(row('daemon, idle, no function', empty), 80),
    atMost(row('daemon, idle, one function', idle), 80),
    row(`daemon, most during ${BURST.seconds} s of ${BURST.connections} connections`, peak),
    {
      ...row('daemon, 10 s after', after),
      aim: `idle ± 10%: ≤ ${(idle.ours * SAME).toFixed(0)} MB`,
      met: after.ours <= idle.ours * SAME,
    },
    ...children.map(({ name, rssMb }) => ({
      name: `child, idle: ${name}`,
      value: rssMb,
      bare: idle.bare,
      unit: 'MB',
    })),
    ...childrenAfter.map(({ name, rssMb }) => ({
      name: `child, 10 s after: ${name}`,
      value: rssMb,
      bare: after.bare,
      unit: 'MB',
    })),
  ];
}

/**
 * @param {import('../support/servers.mjs').Server} server
 * @param {string} url
 */
async function peakDuringBurst(server, url) {
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, resident(server));
  }, SAMPLE_EVERY);
  try {
    await throughput(url, BURST);
  } finally {
    clearInterval(sampling);
  }
  return peak;
}

/** @param {import('../support/servers.mjs').Server} server */
function resident({ pid }) {
  const rss = residentMb(pid);
  if (rss === undefined) throw new Error(`process ${pid} ended during the measurement`);
  return rss;
}
