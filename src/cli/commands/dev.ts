import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../../daemon/config.ts';
import { shortPath } from '../banner.ts';
import { CliError } from '../cli-error.ts';
import { DaemonClient } from '../client.ts';
import { type Command, type Flags, textFlag } from '../command.ts';
import { locateDaemon, probe } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { DevSession } from '../dev-session.ts';
import { EXIT } from '../exit-codes.ts';
import { startDaemon } from '../start-daemon.ts';
import { printable } from '../text-width.ts';

interface Host extends AsyncDisposable {
  client: DaemonClient;
  /** Set when the daemon runs in this process, and ends with it: aborts when it is asked to stop. */
  stopRequested?: AbortSignal;
  /** Its functions are gone once it has ended. */
  ephemeral?: boolean;
}

/** Links a file or folder and prints a line for every reload, until interrupted. */
export const dev: Command = async ({ args, flags, context }) => {
  const path = resolve(context.cwd, args[0]!);
  if (!existsSync(path))
    throw new CliError(`There is no file or folder ${shortPath(path, context.cwd)}`, EXIT.notFound);
  const interrupted = context.interruption();
  const host = await findOrStart(flags, context);
  try {
    const linked = await new DevSession({
      client: host.client,
      context,
      signal: host.stopRequested ? AbortSignal.any([interrupted, host.stopRequested]) : interrupted,
      path,
      runtime: textFlag(flags, 'runtime'),
      title: textFlag(flags, 'title'),
      poll: flags.poll === true,
      ignore: Array.isArray(flags.ignore) ? flags.ignore : undefined,
      quiet: flags.quiet === true,
    }).run();
    if (!linked) return EXIT.failed;
    context.out.line();
    if (host.ephemeral) return EXIT.ok;
    const again = host.stopRequested ? ' and serves again when lambdock starts' : '';
    context.out.line(
      `${printable(linked.title)} stays linked${again}; delete it with: lambdock rm ${linked.id}`,
    );
  } finally {
    await host[Symbol.asyncDispose]();
  }
  return EXIT.ok;
};

async function findOrStart(flags: Flags, context: CliContext): Promise<Host> {
  const { url, port, ephemeral, dataDir, token } = flags;
  const { client, named } = await locateDaemon({ url, dataDir, token }, context);
  if (named || (await probe(client))) return { client, async [Symbol.asyncDispose]() {} };
  const settings = { port, ephemeral, dataDir, token };
  const config = await loadConfig({ flags: settings, env: context.env, cwd: context.cwd });
  const { daemon, stopRequested } = await startDaemon(config, context);
  context.out.line(context.out.style.dim(`No daemon was running: started one at ${daemon.url}`));
  return {
    client: new DaemonClient(daemon.url, config.token),
    stopRequested,
    ephemeral: config.ephemeral,
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}
