import { loadConfig } from '../../daemon/config.ts';
import { packageInfo } from '../../package-info.ts';
import { shortPath } from '../banner.ts';
import { CliError } from '../cli-error.ts';
import { DaemonClient } from '../client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { describeDuration } from '../reload-lines.ts';
import { startDaemon } from '../start-daemon.ts';

/** Runs the daemon in this process until it is told to stop. */
export const start: Command = async ({ flags, context }) => {
  if (flags.detach) return (await import('../detach.ts')).startDetached(flags, context);
  if (flags.json && flags.example)
    throw new CliError('--json and --example exclude each other, except with --detach', EXIT.usage);
  const { example, json, detach: _, ...settings } = flags;
  const config = await loadConfig({ flags: settings, env: context.env, cwd: context.cwd });
  const interrupted = context.interruption();
  const { daemon, stopRequested } = await startDaemon(config, context);
  try {
    const health = daemon.health();
    context.announce({ url: daemon.url, pid: process.pid, dataDirectory: health.dataDirectory });
    const { out } = context;
    const { bold, dim, cyan } = out.style;
    if (json) {
      const token = config.tokenGenerated ? { token: config.token } : {};
      out.line(
        JSON.stringify({ url: daemon.url, pid: process.pid, dataDirectory: health.dataDirectory, ...token }),
      );
    } else {
      const took = dim(`ready in ${describeDuration(context.sinceLaunch())}`);
      out.line(`${bold('lambdock')} ${packageInfo().version}  ${cyan(daemon.url)}  ${took}`);
      const removed = config.ephemeral ? dim(' (removed at stop)') : '';
      out.line(`  data    ${shortPath(health.dataDirectory, context.cwd)}${removed}`);
      if (config.configFile) out.line(`  config  ${shortPath(config.configFile, context.cwd)}`);
      if (config.tokenGenerated)
        out.line(`  token   ${config.token}  ${dim('(send it as "Authorization: Bearer …")')}`);
    }
    const client = new DaemonClient(daemon.url, config.token);
    const signal = AbortSignal.any([interrupted, stopRequested]);
    if (json) await aborted(signal);
    else {
      const { runSession } = await import('../start-session.ts');
      await runSession({ client, context, signal, example: example === true });
    }
    if (!json) out.line(dim('Stopping…'));
  } finally {
    await daemon.stop();
  }
  return EXIT.ok;
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
