import type { Milliseconds } from '../clock/clock.ts';
import { loadClientSettings } from '../daemon/config.ts';
import { type DaemonInfo, findDaemon } from '../daemon/daemon-info.ts';
import type { Health } from './api.ts';
import { DaemonClient } from './client.ts';
import type { Flags } from './command.ts';
import type { CliContext } from './context.ts';

export interface Connection {
  client: DaemonClient;
  /** What the daemon left on disk; undefined when it was named by URL or none was found. */
  info: DaemonInfo | undefined;
  /** True when the user named this daemon, so that no other will do. */
  named: boolean;
}

/** Where the daemon is that a command means: --url, LAMBDOCK_URL, a running one's daemon.json, the default port. */
export async function locateDaemon(flags: Flags, context: CliContext): Promise<Connection> {
  const settings = await loadClientSettings({ flags, env: context.env, cwd: context.cwd });
  const info = findDaemon(settings);
  if (settings.url !== undefined && settings.url !== info?.url)
    return { client: new DaemonClient(settings.url, settings.token), info: undefined, named: true };
  const url = settings.url ?? info?.url ?? settings.fallbackUrl;
  const token = settings.token ?? info?.token;
  return { client: new DaemonClient(url, token), info, named: settings.url !== undefined };
}

/** The daemon's health when it answers within `timeout`; undefined when it does not, or something else does. */
export async function probe(
  client: DaemonClient,
  timeout: Milliseconds = 3_000,
): Promise<Health | undefined> {
  const health = await client
    .call<Partial<Health> | undefined>('GET', '/_lambdock/health', undefined, { timeout })
    .catch(() => undefined);
  return health && typeof health.version === 'string' && typeof health.pid === 'number'
    ? (health as Health)
    : undefined;
}
