import { latencies, throughput } from '../support/load.mjs';
import { createFunction, HELLO, serving } from '../support/platform.mjs';
import { cpuMs, descendants } from '../support/processes.mjs';
import { atMostTimes, straddles } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { paired, percentile } from '../support/statistics.mjs';

const CONNECTIONS = 16;
const SECONDS = 1;

/**
 * The same handler bare, behind a plain http.request proxy, and as a function. Many short rounds: how fast a server
 * answers here depends more on who else uses the machine in that second than on the server.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function endpoint({ cli, quick, scope }) {
  const bareServer = await startServer(scope, 'bare.mjs');
  const proxyServer = await startServer(scope, 'http-request-proxy.mjs', [bareServer.port]);
  const daemon = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  const id = await createFunction(daemon.url, { runtime: 'node', code: HELLO });
  const functionUrl = `${daemon.url}/endpoint/${id}`;
  await serving(functionUrl);

  const bare = contender(`${bareServer.url}/`, [bareServer.pid]);
  const proxy = contender(`${proxyServer.url}/`, [proxyServer.pid, bareServer.pid]);
  const ours = contender(functionUrl, [daemon.pid, ...descendants(daemon.pid)]);
  const all = [bare, proxy, ours];
  for (const { url } of all) await throughput(url, { connections: CONNECTIONS, seconds: 2 });
  for (let round = 0; round < (quick ? 4 : 12); round++) {
    // Nobody is always the one after the busiest.
    for (let turn = 0; turn < all.length; turn++) await measure(all[(round + turn) % all.length]);
  }

  const p50 = compare('p50, one connection', 'µs', 'p50');
  const rate = compare(`requests/s, ${CONNECTIONS} connections`, '/s', 'rate');
  const others = [
    compare('p99, one connection', 'µs', 'p99'),
    compare(`p50, ${CONNECTIONS} connections`, 'µs', 'manyP50'),
    compare(`p99, ${CONNECTIONS} connections`, 'µs', 'manyP99'),
    compare('CPU a request, all its processes', 'µs', 'cpu'),
  ];
  const overProxy = paired(ours.rate, proxy.rate);
  return [
    atMostTimes(p50(ours, bare), 2.5),
    ...others.map((row) => row(ours, bare)),
    {
      ...rate(ours, bare),
      aim: '> the proxy',
      met: overProxy.ratio > 1,
      unclear: straddles(overProxy.spread, 1),
      note: `${overProxy.ratio.toFixed(2)}x the proxy (${overProxy.spread.low.toFixed(2)}–${overProxy.spread.high.toFixed(2)})`,
    },
    ...[p50, ...others, rate].map((row) => {
      const ofProxy = row(proxy, bare);
      return { ...ofProxy, name: `http.request proxy: ${ofProxy.name}` };
    }),
  ];
}

/** @param {Contender} of */
async function measure(of) {
  const sequential = await latencies(of.url, { connections: 1, calls: 1_000 });
  of.p50.push(percentile(sequential, 0.5));
  of.p99.push(percentile(sequential, 0.99));
  const parallel = await latencies(of.url, { connections: CONNECTIONS, calls: 2_000 });
  of.manyP50.push(percentile(parallel, 0.5));
  of.manyP99.push(percentile(parallel, 0.99));
  const cpuBefore = cpuMs(of.pids);
  const { rate, answers } = await throughput(of.url, { connections: CONNECTIONS, seconds: SECONDS });
  of.rate.push(rate);
  of.cpu.push(((cpuMs(of.pids) - cpuBefore) * 1000) / answers);
}

/**
 * @typedef {'p50' | 'p99' | 'manyP50' | 'manyP99' | 'rate' | 'cpu'} Metric
 * @typedef {{ url: string, pids: number[] } & Record<Metric, number[]>} Contender one number a round of each metric
 * @param {string} url
 * @param {number[]} pids that do the work of a request
 * @returns {Contender}
 */
function contender(url, pids) {
  return { url, pids, p50: [], p99: [], manyP50: [], manyP99: [], rate: [], cpu: [] };
}

/**
 * @param {string} name
 * @param {string} unit
 * @param {Metric} metric
 */
function compare(name, unit, metric) {
  return (/** @type {Contender} */ of, /** @type {Contender} */ bare) => ({
    name,
    unit,
    ...paired(of[metric], bare[metric]),
  });
}
