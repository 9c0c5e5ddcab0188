import { type Config, listenUrl } from '../daemon/config.ts';
import { ConfigError } from '../daemon/config-error.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { DataFolderInUse, ObjectStoreUnavailable, StorageError } from '../storage/errors.ts';
import { EngineUnavailable } from '../workloads/docker/engine/engine-unavailable.ts';
import { CliError } from './cli-error.ts';
import { DaemonClient } from './client.ts';
import { probe } from './connect.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-codes.ts';

export interface StartedDaemon {
  daemon: Daemon;
  /** Aborts when somebody asked it through its API to stop. */
  stopRequested: AbortSignal;
}

/** Starts a daemon in this process. What can go wrong on a user's machine rejects as CliError that says what to do. */
export async function startDaemon(config: Config, context: CliContext): Promise<StartedDaemon> {
  const { Daemon } = await import('../daemon/daemon.ts');
  const notice = (line: string) => context.err.line(`${context.err.style.yellow('note:')} ${line}`);
  for (const line of config.notices) notice(line);
  const stop = new AbortController();
  try {
    const daemon = await Daemon.start({ config, onNotice: notice, onStopRequested: () => stop.abort() });
    return { daemon, stopRequested: stop.signal };
  } catch (error) {
    throw await explain(error, config);
  }
}

async function explain(error: unknown, config: Config): Promise<unknown> {
  if (error instanceof ConfigError) return error;
  if (error instanceof DataFolderInUse) return inUse(error, config);
  if (error instanceof ObjectStoreUnavailable) return new CliError(error.what, EXIT.failed, error.ways);
  if (error instanceof StorageError) return new CliError(error.message);
  if (error instanceof EngineUnavailable) return new CliError(error.message, EXIT.failed, error.ways);
  const { host, port } = config;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return portTaken(config);
    case 'EACCES':
      return new CliError(`This user may not listen on port ${port}`, EXIT.taken, [
        'choose a port above 1023: lambdock start --port 4566',
      ]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CliError(`${host} is not an address of this machine`, EXIT.usage, [
        'listen on this machine only: lambdock start --host 127.0.0.1',
        'listen on all its addresses: lambdock start --host 0.0.0.0',
      ]);
    default:
      return error;
  }
}

async function portTaken({ host, port }: Config): Promise<CliError> {
  const { findPortHolder } = await import('./port-holder.ts');
  const url = listenUrl(host, port);
  const [running, holder] = await Promise.all([probe(new DaemonClient(url), 1_000), findPortHolder(port)]);
  const other = `use another port: lambdock start --port ${port === 65_535 ? 4567 : port + 1} (0 takes any free one)`;
  if (running)
    return new CliError(
      `Port ${port} is taken by another lambdock (process ${running.pid}, data in ${running.dataDirectory})`,
      EXIT.taken,
      [`use that one: it answers at ${url}`, `stop it: lambdock stop --url ${url}`, other],
    );
  const who = holder ? ` by ${holder.command} (process ${holder.pid})` : '';
  const stop = holder ? `stop it: kill ${holder.pid}` : 'stop the program that holds it';
  return new CliError(`Port ${port} is taken${who}`, EXIT.taken, [other, stop]);
}

async function inUse(error: DataFolderInUse, config: Config): Promise<CliError> {
  const { daemonOf } = await import('../daemon/daemon-info.ts');
  const running = daemonOf(config.dataDir);
  if (!running) return new CliError(error.message, EXIT.taken);
  return new CliError(
    `The data folder ${config.dataDir} is in use by the lambdock at ${running.url} (process ${running.pid})`,
    EXIT.taken,
    [
      'use that one: lambdock dev, lambdock ps and all other commands find it by themselves',
      'stop it: lambdock stop',
      'start a second one with data of its own: lambdock start --port 0 --data-dir <folder>, or --ephemeral',
    ],
  );
}
