import type { LogRecord } from '../execution/log-buffer.ts';
import { describeSourceError, type SourceError } from '../execution/source.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { LinkedFunction } from './api.ts';
import { shortPath } from './banner.ts';
import { type DaemonClient, Unreachable } from './client.ts';
import type { CliContext } from './context.ts';
import { endpointUrl } from './find-function.ts';
import { FROM_NOW_ON, followJournal } from './journal-feed.ts';
import { reloadLines, stackLines } from './reload-lines.ts';
import { printable } from './text-width.ts';
import { waitUntilServing } from './wait-until-serving.ts';

export interface DevSessionOptions {
  client: DaemonClient;
  context: CliContext;
  /** Ends the session. */
  signal: AbortSignal;
  /** Absolute path of the file or folder. */
  path: string;
  runtime?: string | undefined;
  title?: string | undefined;
  poll?: boolean | undefined;
  ignore?: readonly string[] | undefined;
  /** Do not show the function's own output. */
  quiet?: boolean | undefined;
}

/** Keeps a file or folder linked and tells of every reload. */
export class DevSession {
  readonly #options: DevSessionOptions;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  #linked: LinkedFunction | undefined;
  #failure: { error: unknown } | undefined;
  /** While code is linked its first outcome is told by the link's own lines. */
  #linking = true;

  constructor(options: DevSessionOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
  }

  /**
   * Runs until the signal aborts; resolves with the function then, or with undefined when somebody deleted it.
   * Rejects with Refused when the daemon does not take the file.
   */
  async run(): Promise<LinkedFunction | undefined> {
    const { client, context } = this.#options;
    const { err } = context;
    await followJournal({
      client,
      clock: context.clock,
      signal: this.#signal,
      onEntry: (entry) => this.#show(entry),
      onLost: () => err.line(err.style.yellow(`Lost the daemon at ${client.url}; trying again…`)),
      onConnected: () => void this.#connected(),
    });
    if (this.#failure) throw this.#failure.error;
    return this.#linked;
  }

  async #connected(): Promise<void> {
    try {
      this.#linking = true;
      await this.#link();
      this.#linking = false;
      if (!this.#options.quiet) await this.#showOutput();
    } catch (error) {
      // The journal's feed notices a lost daemon, says so and connects again.
      if (this.#signal.aborted || error instanceof Unreachable) return;
      this.#failure = { error };
      this.#over.abort();
    }
  }

  async #link(): Promise<void> {
    const { client, context, path, runtime, title, poll, ignore } = this.#options;
    this.#linked = await client.call<LinkedFunction>('POST', '/_lambdock/link', {
      path,
      ...(runtime !== undefined && { runtime }),
      ...(title !== undefined && { title }),
      ...(poll && { poll }),
      ...(ignore && { ignore }),
    });
    const { id } = this.#linked;
    const failure = await waitUntilServing({ client, clock: context.clock, id, signal: this.#signal });
    if (!this.#signal.aborted) this.#introduce(this.#linked, failure);
  }

  #introduce({ id, title, runtime, version }: LinkedFunction, failure: SourceError | undefined): void {
    const { client, context, path } = this.#options;
    const { out } = context;
    const { bold, dim, cyan, green, red } = out.style;
    const mark = failure ? red('✗') : green('✓');
    out.line(
      `${mark} ${bold(printable(title))}  ${dim(`${runtime} ${version}`)}  ${cyan(endpointUrl(client, id))}`,
    );
    if (failure) {
      out.line(`  ${red(printable(describeSourceError(failure)))}`);
      for (const line of stackLines(failure)) out.line(`    ${dim(line)}`);
    }
    const place = shortPath(path, context.cwd);
    out.line(dim(`  watching ${place === '.' ? 'this folder' : place}; Ctrl-C to leave`));
  }

  #show(entry: JournalEntry): void {
    const { out, err } = this.#options.context;
    const concerned =
      entry.type === 'progress'
        ? isAbout(entry.topic, this.#linked)
        : 'id' in entry && entry.id === this.#linked?.id && !this.#linking;
    if (!concerned) return;
    for (const line of reloadLines(entry, { style: out.style })) out.line(line);
    if (entry.type === 'function.deleted') {
      err.line(err.style.yellow('The function was deleted; its files are still there.'));
      this.#linked = undefined;
      this.#over.abort();
    }
  }

  /** The function's own output, set off from the lines about reloads. */
  async #showOutput(): Promise<void> {
    const { client, context } = this.#options;
    const { out } = context;
    const path = `/lambda/${this.#linked!.id}/logs?since=${FROM_NOW_ON}`;
    for await (const { data, event } of await client.events(path, this.#signal)) {
      if (event !== undefined) continue;
      const { stream, text } = JSON.parse(data) as LogRecord;
      out.line(`${stream === 'stderr' ? out.style.red('│') : out.style.dim('│')} ${text}`);
    }
  }
}

/** Whether a toolchain's progress (`python`, `go`) may be what this function waits for. */
function isAbout(topic: string, linked: LinkedFunction | undefined): boolean {
  return linked?.runtime.startsWith(topic) === true;
}
