import { active, createLambda, helloPackage, invoke, lambdaClient, rawInvocation } from '../support/aws.mjs';
import { CONNECTIONS, compare, contender, measureInTurn } from '../support/contenders.mjs';
import { descendants } from '../support/processes.mjs';
import { atLeastTimes, atMostTimes } from '../support/rows.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { paired, percentile } from '../support/statistics.mjs';

const NAME = 'hello';
const SDK_CALLS = 500;

/**
 * Invoke of a warm function, by bare HTTP and by AWS's SDK; beside it the same requests to a bare server with the same handler, so
 * that what the SDK takes for itself is in both.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function awsInvoke({ cli, quick, scope }) {
  const bareServer = await startServer(scope, 'bare.mjs');
  const daemon = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  const sdk = lambdaClient(daemon.url);
  const bareSdk = lambdaClient(bareServer.url);
  scope.defer(() => sdk.destroy());
  scope.defer(() => bareSdk.destroy());
  await createLambda(sdk, NAME, helloPackage());
  await active(sdk, NAME);
  // One environment each of the connections below.
  await Promise.all(Array.from({ length: CONNECTIONS }, () => invoke(sdk, NAME)));

  const { path, request } = rawInvocation(NAME);
  const bare = contender(bareServer.url + path, [bareServer.pid], request);
  const ours = contender(daemon.url + path, [daemon.pid, ...descendants(daemon.pid)], request);
  await measureInTurn([bare, ours], quick ? 4 : 12);
  const bySdk = await sdkTimes({ bare: bareSdk, ours: sdk }, quick ? 3 : 8);

  const p50 = compare('p50, HTTP, one connection', 'µs', 'p50');
  const rate = compare(`requests/s, HTTP, ${CONNECTIONS} connections`, '/s', 'rate');
  const others = [
    compare('p99, HTTP, one connection', 'µs', 'p99'),
    compare(`p50, HTTP, ${CONNECTIONS} connections`, 'µs', 'manyP50'),
    compare(`p99, HTTP, ${CONNECTIONS} connections`, 'µs', 'manyP99'),
    compare('CPU a request, all its processes', 'µs', 'cpu'),
  ];
  return [
    atMostTimes(p50(ours, bare), 2),
    atMostTimes({ name: 'p50, SDK', unit: 'µs', ...paired(bySdk.ours.p50, bySdk.bare.p50) }, 2),
    { name: 'p99, SDK', unit: 'µs', ...paired(bySdk.ours.p99, bySdk.bare.p99) },
    atLeastTimes(rate(ours, bare), 0.4),
    ...others.map((row) => row(ours, bare)),
  ];
}

/**
 * @param {{ bare: import('@aws-sdk/client-lambda').LambdaClient, ours: import('@aws-sdk/client-lambda').LambdaClient }} clients
 * @param {number} rounds
 */
async function sdkTimes(clients, rounds) {
  /** @param {import('@aws-sdk/client-lambda').LambdaClient} client */
  const round = async (client) => {
    /** @type {number[]} */
    const times = [];
    for (let call = 0; call < SDK_CALLS; call++) {
      const start = process.hrtime.bigint();
      await invoke(client, NAME);
      times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
  };
  const result = { bare: series(), ours: series() };
  await round(clients.bare);
  await round(clients.ours);
  for (let at = 0; at < rounds; at++) {
    /** @type {('bare' | 'ours')[]} */
    const order = at % 2 === 0 ? ['bare', 'ours'] : ['ours', 'bare'];
    for (const name of order) {
      const { p50, p99 } = await round(clients[name]);
      result[name].p50.push(p50);
      result[name].p99.push(p99);
    }
  }
  return result;
}

function series() {
  return { p50: /** @type {number[]} */ ([]), p99: /** @type {number[]} */ ([]) };
}
