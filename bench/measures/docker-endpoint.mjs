import { CONNECTIONS, compare, contender, measureInTurn } from '../support/contenders.mjs';
import { containerOf, startOnDocker } from '../support/docker.mjs';
import { createFunction, HELLO, serving } from '../support/platform.mjs';
import { descendants } from '../support/processes.mjs';
import { startLambdock, startServer, temporaryFolder } from '../support/servers.mjs';
import { paired } from '../support/statistics.mjs';

/**
 * The same handler bare, as a function in a process, and as a function in a container.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function dockerEndpoint(bench) {
  const { scope, cli, quick } = bench;
  const bareServer = await startServer(scope, 'bare.mjs');
  const inProcess = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
  const processFunction = await createHello(inProcess.url);
  const inContainer = await startOnDocker(bench, ['--no-standby']);
  const containerFunction = await createHello(inContainer.url);
  const { State: state } = await containerOf(containerFunction.id);

  const bare = contender(`${bareServer.url}/`, [bareServer.pid]);
  const processes = contender(processFunction.url, [inProcess.pid, ...descendants(inProcess.pid)]);
  const containers = contender(containerFunction.url, [
    inContainer.pid,
    state.Pid,
    ...descendants(state.Pid),
  ]);
  await measureInTurn([bare, processes, containers], quick ? 4 : 10);

  const p50 = compare('p50, one connection', 'µs', 'p50');
  const rate = compare(`requests/s, ${CONNECTIONS} connections`, '/s', 'rate');
  const p99 = compare('p99, one connection', 'µs', 'p99');
  const cpu = compare('CPU a request, all its processes', 'µs', 'cpu');
  return [
    { ...p50(containers, bare), note: beside(containers.p50, processes.p50) },
    p99(containers, bare),
    { ...cpu(containers, bare), note: beside(containers.cpu, processes.cpu) },
    { ...rate(containers, bare), note: beside(containers.rate, processes.rate) },
    ...[p50, p99, cpu, rate].map((row) => {
      const ofProcesses = row(processes, bare);
      return { ...ofProcesses, name: `in a process: ${ofProcesses.name}` };
    }),
  ];
}

/**
 * @param {number[]} containers
 * @param {number[]} processes
 */
function beside(containers, processes) {
  const { ratio, spread } = paired(containers, processes);
  return `${ratio.toFixed(2)}x a process (${spread.low.toFixed(2)}–${spread.high.toFixed(2)})`;
}

/** @param {string} daemonUrl */
async function createHello(daemonUrl) {
  const id = await createFunction(daemonUrl, { runtime: 'node', code: HELLO });
  const url = `${daemonUrl}/endpoint/${id}`;
  await serving(url);
  return { id, url };
}
