import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import Docker from 'dockerode';
import { startLambdock, temporaryFolder } from './servers.mjs';

/** @typedef {import('./scope.mjs').Scope} Scope */

/** The engine that DOCKER_HOST names, or the one of this machine. */
export const docker = new Docker();

const DAEMON_LABEL = 'io.lambdock.daemon';
const STANDBY_TIMEOUT = 20_000;

/**
 * The built product with functions in containers, until the scope closes. Closing fails when it leaves a container or a
 * network behind, and removes them.
 * @param {import('./rows.mjs').Bench} bench
 * @param {string[]} [args]
 */
export async function startOnDocker({ scope, cli, baseImages }, args = []) {
  const dataDir = temporaryFolder(scope);
  scope.defer(() => nothingLeft(dataDir));
  const images = baseImages === undefined ? [] : ['--base-images', baseImages];
  return startLambdock(scope, { cli, dataDir, args: ['--driver', 'docker', ...images, ...args] });
}

/**
 * The container that a function runs in.
 * @param {string} functionId
 */
export async function containerOf(functionId) {
  const [found] = await docker.listContainers({ filters: { name: [`lambdock-${functionId}`] } });
  if (!found) throw new Error(`function ${functionId} has no container`);
  return docker.getContainer(found.Id).inspect();
}

/**
 * All containers of the daemon that made this one.
 * @param {import('dockerode').ContainerInspectInfo} one
 */
export function siblings(one) {
  return labelled(one.Config.Labels[DAEMON_LABEL]);
}

/**
 * Memory that the kernel counts for a container and would not give back for the asking, in MB, as `docker stats` tells it.
 * @param {string} id
 */
export async function containerMb(id) {
  const stats = await docker.getContainer(id).stats({ stream: false, 'one-shot': true });
  const { usage, stats: detail } = stats.memory_stats;
  return (usage - (detail.total_inactive_file ?? detail.inactive_file ?? 0)) / 2 ** 20;
}

/**
 * Resolves once the daemon has this many containers waiting for functions, and has finished starting them.
 * @param {string} url
 * @param {number} count
 */
export async function standbysReady(url, count) {
  const end = performance.now() + STANDBY_TIMEOUT;
  for (;;) {
    const health = await (await fetch(`${url}/_lambdock/health`)).json();
    if (health.driver.standbys >= count) break;
    if (performance.now() > end) throw new Error(`no ${count} standbys, but ${health.driver.standbys}`);
    await sleep(50);
  }
  await sleep(1_500);
}

/** @param {string} daemonId */
function labelled(daemonId) {
  return docker.listContainers({ all: true, filters: { label: [`${DAEMON_LABEL}=${daemonId}`] } });
}

/** @param {string} dataDir of a daemon that has ended */
async function nothingLeft(dataDir) {
  const file = join(dataDir, 'lambdock.db');
  if (!existsSync(file)) return;
  const database = new Database(file, { readonly: true });
  const row = database.prepare("SELECT value FROM settings WHERE name = 'daemon-id'").get();
  database.close();
  if (!row) return;
  const daemonId = /** @type {{ value: string }} */ (row).value;
  const containers = await labelled(daemonId);
  for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true, v: true });
  const networks = await docker.listNetworks({ filters: { label: [`${DAEMON_LABEL}=${daemonId}`] } });
  for (const { Id } of networks) await docker.getNetwork(Id).remove();
  if (containers.length + networks.length > 0)
    throw new Error(`the daemon left ${containers.length} containers and ${networks.length} networks behind`);
}
