import type { JournalEntry } from '../journal/journal.ts';
import type { DoctorAnswer, Health } from './api.ts';
import { toolchainSummary } from './banner.ts';
import type { DaemonClient } from './client.ts';
import type { CliContext } from './context.ts';
import { listFunctions } from './find-function.ts';
import { followJournal } from './journal-feed.ts';
import { plural } from './plural.ts';
import { reloadLines } from './reload-lines.ts';
import { printable } from './text-width.ts';

export interface SessionInput {
  client: DaemonClient;
  context: CliContext;
  /** Ends the session. */
  signal: AbortSignal;
  example: boolean;
}

/**
 * What `start` shows after the daemon is ready: what it found, what to try next, and then every reload. Resolves when
 * the signal aborts.
 */
export async function runSession({ client, context, signal, example }: SessionInput): Promise<void> {
  const reloads = new ReloadPrinter(client, context);
  const following = followJournal({
    client,
    clock: context.clock,
    signal,
    onEntry: (entry) => reloads.show(entry),
    onLost: () => undefined,
    onConnected: () => undefined,
  });
  const introduction = async () => {
    await introduce({ client, context, signal, example });
    if (example) await (await import('./examples.ts')).runExamples({ client, context, signal });
    await reloads.open();
  };
  try {
    await Promise.all([following, introduction()]);
  } catch (error) {
    // Stopped while it was still starting: there is nobody left to ask.
    if (!signal.aborted) throw error;
  }
}

async function introduce({ client, context, signal, example }: SessionInput): Promise<void> {
  const { out } = context;
  const { dim, cyan, yellow } = out.style;
  const [health, { toolchains }] = await Promise.all([
    client.call<Health>('GET', '/_lambdock/health'),
    client.call<DoctorAnswer>('GET', '/_lambdock/doctor'),
  ]);
  if (signal.aborted) return;
  out.line(`  driver  ${health.driver.name}: ${toolchainSummary(toolchains, out.style)}`);
  if (health.driver.engine) out.line(dim(`          ${health.driver.engine}`));
  if (health.driver.notice) out.line(`          ${yellow(health.driver.notice)}`);
  const { objects } = health;
  if (objects.endpoint) out.line(`  objects ${objects.name} at ${objects.endpoint}`);
  if (objects.detail) out.line(`          ${yellow(objects.detail)}`);
  if (health.functions > 0)
    out.line(`  kept    ${plural(health.functions, 'function')} from before; see lambdock ps`);
  if (example) return;
  out.line();
  out.line('Try next, in another terminal:');
  out.line(`  ${cyan('lambdock dev <file or folder>')}`);
  out.line(`  ${cyan(createCommand(client))}`);
  out.line(dim('Ctrl-C stops.'));
}

/** A command that creates a function, to be pasted. */
function createCommand({ url, token }: DaemonClient): string {
  const authorization = token === undefined ? '' : ` -H 'Authorization: Bearer ${token}'`;
  const code = `'code=export default (req, res) => res.send("hi")'`;
  return `curl ${url}/lambda${authorization} -F title=hi -F runtime=node -F version=20 -F ${code}`;
}

/** Prints reloads of all functions, each with its title. */
class ReloadPrinter {
  readonly #client: DaemonClient;
  readonly #context: CliContext;
  readonly #titles = new Map<string, string>();
  /** Until then only what takes long is told, so that the first lines stay together. */
  #open = false;

  constructor(client: DaemonClient, context: CliContext) {
    this.#client = client;
    this.#context = context;
  }

  async open(): Promise<void> {
    for (const { id, title } of await listFunctions(this.#client)) this.#titles.set(id, title);
    this.#open = true;
  }

  show(entry: JournalEntry): void {
    if (entry.type === 'function.created' || entry.type === 'function.updated')
      this.#titles.set(entry.id, entry.title);
    const { out } = this.#context;
    if (!this.#open) {
      if (entry.type === 'progress') out.line(out.style.dim(`  · ${printable(entry.message)}`));
      if (entry.type === 'notice') out.line(out.style.yellow(`  · ${printable(entry.message)}`));
      return;
    }
    const title = 'id' in entry && entry.id !== undefined ? this.#titles.get(entry.id) : undefined;
    for (const line of reloadLines(entry, { style: out.style, title })) out.line(line);
  }
}
