import { type RunningDaemon, type StartOptions, startDaemon } from './daemon.ts';
import { startDockerDaemon } from './docker.ts';

/** Set by vitest.config.ts: tests of Lambda's functions run on both kinds of environments. */
export const IN_CONTAINERS = process.env.LAMBDA_BACKEND === 'docker';

/** A daemon that runs Lambda's functions as the project that runs says. */
export function startLambdaDaemon(options: StartOptions = {}): Promise<RunningDaemon> {
  return IN_CONTAINERS ? startDockerDaemon(options) : startDaemon(options);
}
