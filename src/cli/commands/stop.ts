import type { Clock } from '../../clock/clock.ts';
import type { DaemonInfo } from '../../daemon/daemon-info.ts';
import { isRunning } from '../../daemon/is-running.ts';
import { CliError } from '../cli-error.ts';
import { Unreachable } from '../client.ts';
import type { Command } from '../command.ts';
import { locateDaemon, probe } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';

const STOP_LIMIT = 30_000;
const POLL = 50;

/** Stops the daemon and waits until its process has ended. */
export const stop: Command = async ({ flags, context }) => {
  const { client, info } = await locateDaemon(flags, context);
  const health = await probe(client);
  try {
    await client.call('POST', '/_lambdock/stop');
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (!info) throw error;
    // It runs but does not answer: ask by signal, which it takes as politely.
    process.kill(info.pid, 'SIGTERM');
  }
  const target = info ?? (health && { pid: health.pid });
  if (target && isLocal(client.url) && !(await ended(target, context.clock)))
    throw new CliError(
      `The daemon (process ${target.pid}) has not ended after ${STOP_LIMIT / 1000} s`,
      EXIT.failed,
      [`end it at once: kill -9 ${target.pid}`],
    );
  context.out.line(`Stopped the daemon at ${client.url}`);
  return EXIT.ok;
};

async function ended(target: Pick<DaemonInfo, 'pid' | 'startIdentity'>, clock: Clock): Promise<boolean> {
  for (let waited = 0; waited < STOP_LIMIT; waited += POLL) {
    if (!isRunning(target.pid, target.startIdentity)) return true;
    await clock.sleep(POLL);
  }
  return false;
}

/** A process number says nothing about a daemon on another machine. */
function isLocal(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
