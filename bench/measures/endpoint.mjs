import { latencies, throughput } from '../support/load.mjs';
import { createFunction, HELLO, serving } from '../support/platform.mjs';
import { atMostTimes } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { median, percentile } from '../support/statistics.mjs';

const CONNECTIONS = 16;

/**
 * The same handler bare, behind a plain http.request proxy, and as a function.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function endpoint({ cli, quick, scope }) {
  const bareServer = await startServer(scope, 'bare.mjs');
  const proxyServer = await startServer(scope, 'http-request-proxy.mjs', [bareServer.port]);
  const daemon = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  const id = await createFunction(daemon.url, { runtime: 'node', code: HELLO });

  const bare = contender(`${bareServer.url}/`);
  const proxy = contender(`${proxyServer.url}/`);
  const ours = contender(`${daemon.url}/endpoint/${id}`);
  const all = [bare, proxy, ours];
  await serving(ours.url);
  for (const { url } of all) await throughput(url, { connections: CONNECTIONS, seconds: 1 });
  const seconds = quick ? 1 : 3;
  const calls = quick ? 1_000 : 3_000;
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    for (const { url, one, many, rate } of all) {
      const sequential = await latencies(url, { connections: 1, calls });
      one.p50.push(median(sequential));
      one.p99.push(percentile(sequential, 0.99));
      const parallel = await latencies(url, { connections: CONNECTIONS, calls: 2 * calls });
      many.p50.push(median(parallel));
      many.p99.push(percentile(parallel, 0.99));
      rate.push(await throughput(url, { connections: CONNECTIONS, seconds }));
    }
  }

  const row =
    (/** @type {string} */ name, /** @type {string} */ unit, /** @type {Pick} */ pick) =>
    (/** @type {Contender} */ of) => ({ name, unit, value: median(pick(of)), bare: median(pick(bare)) });
  const p50 = row('p50, one connection', 'µs', ({ one }) => one.p50);
  const p99 = row('p99, one connection', 'µs', ({ one }) => one.p99);
  const manyP50 = row(`p50, ${CONNECTIONS} connections`, 'µs', ({ many }) => many.p50);
  const manyP99 = row(`p99, ${CONNECTIONS} connections`, 'µs', ({ many }) => many.p99);
  const rate = row(`requests/s, ${CONNECTIONS} connections`, '/s', (of) => of.rate);
  const rows = [p50, p99, manyP50, manyP99, rate];
  const proxyRate = rate(proxy).value;
  return [
    atMostTimes(p50(ours), 2.5),
    p99(ours),
    manyP50(ours),
    manyP99(ours),
    { ...rate(ours), aim: `> the proxy's ${Math.round(proxyRate)}`, met: rate(ours).value > proxyRate },
    ...rows.map((make) => ({ ...make(proxy), name: `http.request proxy: ${make(proxy).name}` })),
  ];
}

/**
 * @typedef {ReturnType<typeof contender>} Contender
 * @typedef {(contender: Contender) => number[]} Pick
 * @param {string} url
 */
function contender(url) {
  return {
    url,
    one: { p50: numbers(), p99: numbers() },
    many: { p50: numbers(), p99: numbers() },
    rate: numbers(),
  };
}

/** @returns {number[]} */
function numbers() {
  return [];
}
