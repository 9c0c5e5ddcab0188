import { CONNECTIONS, compare, contender, measureInTurn } from '../support/contenders.mjs';
import { createFunction, HELLO, serving } from '../support/platform.mjs';
import { descendants } from '../support/processes.mjs';
import { atMostTimes, straddles } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { paired } from '../support/statistics.mjs';

/**
 * The same handler bare, behind a plain http.request proxy, and as a function.
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
  await measureInTurn([bare, proxy, ours], quick ? 4 : 12);

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
