import type { Environment } from './config.ts';

/** What is meant for this process alone, or would change how a runtime server starts. */
const OWN =
  /^(LAMBDOCK_|MINIO_ROOT_|npm_|INIT_CWD$|NODE_OPTIONS$|NODE_CHANNEL_FD$|NODE_V8_COVERAGE$|PORT$|HOST$)/;

/** The environment of functions: the daemon's own, so that what a user sets for a database or a proxy arrives. */
export function childEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !OWN.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}
