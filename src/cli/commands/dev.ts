import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../../daemon/config.ts';
import type { LogRecord } from '../../execution/log-buffer.ts';
import { describeSourceError } from '../../execution/source.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import type { LinkedFunction } from '../api.ts';
import { shortPath } from '../banner.ts';
import { CliError } from '../cli-error.ts';
import { DaemonClient, Unreachable } from '../client.ts';
import { type Command, type Flags, textFlag } from '../command.ts';
import { locateDaemon, probe } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { endpointUrl } from '../find-function.ts';
import { FROM_NOW_ON, followJournal } from '../journal-feed.ts';
import { reloadLines } from '../reload-lines.ts';
import { startDaemon } from '../start-daemon.ts';
import { printable } from '../text-width.ts';
import { waitUntilServing } from '../wait-until-serving.ts';

interface Host extends AsyncDisposable {
  client: DaemonClient;
  /** True when the daemon runs in this process and ends with it. */
  own: boolean;
  /** Aborts when a daemon in this process stops by itself. */
  stopping: AbortSignal | undefined;
}

/** Links a file or folder and prints a line for every reload, until interrupted. */
export const dev: Command = async ({ args, flags, context }) => {
  const path = resolve(context.cwd, args[0]!);
  if (!existsSync(path))
    throw new CliError(`There is no file or folder ${shortPath(path, context.cwd)}`, EXIT.notFound);
  const interrupted = context.interruption();
  const host = await findOrStart(flags, context);
  try {
    const signal = host.stopping ? AbortSignal.any([interrupted, host.stopping]) : interrupted;
    const session = new DevSession(host, path, flags, context, signal);
    const deleted = await session.run();
    if (deleted) return EXIT.failed;
    const again = host.own ? ' and will serve again when lambdock starts' : '';
    context.out.line();
    context.out.line(
      `${printable(session.title)} stays linked${again}; delete it with: lambdock rm ${session.id}`,
    );
  } finally {
    await host[Symbol.asyncDispose]();
  }
  return EXIT.ok;
};

class DevSession {
  readonly #host: Host;
  readonly #path: string;
  readonly #flags: Flags;
  readonly #context: CliContext;
  readonly #signal: AbortSignal;
  #linked: LinkedFunction | undefined;
  #deleted = false;

  constructor(host: Host, path: string, flags: Flags, context: CliContext, signal: AbortSignal) {
    this.#host = host;
    this.#path = path;
    this.#flags = flags;
    this.#context = context;
    this.#signal = signal;
  }

  get id(): string {
    return this.#linked?.id ?? '';
  }

  get title(): string {
    return this.#linked?.title ?? '';
  }

  /** Runs until interrupted; true when it ended because somebody deleted the function. */
  async run(): Promise<boolean> {
    await this.#link();
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#signal, ended.signal]);
    const { client } = this.#host;
    const { err } = this.#context;
    const journal = followJournal({
      client,
      clock: this.#context.clock,
      signal,
      onEntry: (entry) => {
        this.#show(entry);
        if (this.#deleted) ended.abort();
      },
      onLost: () => err.line(err.style.yellow(`Lost the daemon at ${client.url}; trying again…`)),
      onBack: async () => {
        await this.#link();
        if (!this.#flags.quiet) void this.#showOutput(signal);
      },
    });
    if (!this.#flags.quiet) void this.#showOutput(signal);
    await journal;
    return this.#deleted;
  }

  async #link(): Promise<void> {
    const { client } = this.#host;
    const { out, clock } = this.#context;
    const { bold, dim, cyan, green, red } = out.style;
    const ignore = this.#flags.ignore;
    const linked = await client.call<LinkedFunction>('POST', '/_lambdock/link', {
      path: this.#path,
      runtime: textFlag(this.#flags, 'runtime'),
      title: textFlag(this.#flags, 'title'),
      ...(this.#flags.poll && { poll: true }),
      ...(Array.isArray(ignore) && { ignore }),
    });
    this.#linked = linked;
    const failure = await waitUntilServing({
      client,
      clock,
      id: linked.id,
      signal: this.#signal,
      onProgress: (message) => out.line(dim(message)),
    });
    if (this.#signal.aborted) return;
    const mark = failure ? red('✗') : green('✓');
    const kind = dim(`${linked.runtime} ${linked.version}`);
    out.line(`${mark} ${bold(printable(linked.title))}  ${kind}  ${cyan(endpointUrl(client, linked.id))}`);
    if (failure) {
      out.line(`  ${red(printable(describeSourceError(failure)))}`);
      for (const line of (failure.stack ?? '').split('\n').filter(Boolean))
        out.line(`    ${dim(printable(line))}`);
    }
    const place = shortPath(this.#path, this.#context.cwd);
    out.line(dim(`  watching ${place === '.' ? 'this folder' : place}; Ctrl-C to leave`));
  }

  #show(entry: JournalEntry): void {
    if (!('id' in entry) || entry.id !== this.#linked?.id) return;
    const { out, err } = this.#context;
    for (const line of reloadLines(entry, { style: out.style })) out.line(line);
    if (entry.type === 'function.deleted') {
      err.line(err.style.yellow('The function was deleted; its files are still there.'));
      this.#deleted = true;
    }
  }

  /** The function's own output, set off from the lines about reloads. */
  async #showOutput(signal: AbortSignal): Promise<void> {
    const { out } = this.#context;
    try {
      for await (const { data, event } of this.#host.client.events(
        `/lambda/${this.#linked!.id}/logs?since=${FROM_NOW_ON}`,
        signal,
      )) {
        if (event !== undefined) continue;
        const { stream, text } = JSON.parse(data) as LogRecord;
        const bar = stream === 'stderr' ? out.style.red('│') : out.style.dim('│');
        out.line(`${bar} ${text}`);
      }
    } catch (error) {
      // The journal's feed notices a lost daemon and says so.
      if (!signal.aborted && !(error instanceof Unreachable)) throw error;
    }
  }
}

async function findOrStart(flags: Flags, context: CliContext): Promise<Host> {
  const { client, named } = await locateDaemon(clientFlags(flags), context);
  if (named || (await probe(client)))
    return { client, own: false, stopping: undefined, async [Symbol.asyncDispose]() {} };
  const { port, ephemeral, dataDir, token } = flags;
  const config = await loadConfig({
    flags: { port, ephemeral, dataDir, token },
    env: context.env,
    cwd: context.cwd,
  });
  const { daemon, stopRequested } = await startDaemon(config, context);
  context.out.line(context.out.style.dim(`No daemon was running: started one at ${daemon.url}`));
  return {
    client: new DaemonClient(daemon.url, config.token),
    own: true,
    stopping: stopRequested,
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}

function clientFlags({ url, dataDir, token }: Flags): Flags {
  return { url, dataDir, token };
}
