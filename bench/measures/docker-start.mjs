import { startOnDocker } from '../support/docker.mjs';
import { startLambdock, temporaryFolder } from '../support/servers.mjs';
import { paired } from '../support/statistics.mjs';

/**
 * From the start of the daemon to its first answer: what looking for Docker adds to a start with processes.
 * @param {import('../support/rows.mjs').Bench} bench
 */
export async function dockerStart(bench) {
  const { scope, cli, quick } = bench;
  const wall = { ours: /** @type {number[]} */ ([]), bare: /** @type {number[]} */ ([]) };
  const cpu = { ours: /** @type {number[]} */ ([]), bare: /** @type {number[]} */ ([]) };
  for (let round = 0; round < (quick ? 3 : 8); round++) {
    const bare = await startLambdock(scope, { cli, dataDir: temporaryFolder(scope) });
    await bare.stop();
    const ours = await startOnDocker(bench, ['--no-standby']);
    await ours.stop();
    wall.bare.push(bare.readyMs);
    wall.ours.push(ours.readyMs);
    cpu.bare.push(bare.readyCpuMs);
    cpu.ours.push(ours.readyCpuMs);
  }
  return [
    { name: 'start to ready', unit: 'ms', ...paired(wall.ours, wall.bare) },
    { name: 'CPU until ready', unit: 'ms', ...paired(cpu.ours, cpu.bare) },
  ];
}
