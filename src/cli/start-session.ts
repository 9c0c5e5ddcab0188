import type { JournalEntry } from '../journal/journal.ts';
import type { DoctorAnswer, Health } from './api.ts';
import { toolchainSummary } from './banner.ts';
import type { DaemonClient } from './client.ts';
import type { CliContext } from './context.ts';
import { listFunctions } from './find-function.ts';
import { followJournal } from './journal-feed.ts';
import { reloadLines } from './reload-lines.ts';

export interface SessionInput {
  client: DaemonClient;
  context: CliContext;
  /** Ends the session. */
  signal: AbortSignal;
  example: boolean;
  quiet: boolean;
}

/** What `start` shows after the daemon is ready: what it found, what to try next, and then every reload. */
export async function runSession({ client, context, signal, example, quiet }: SessionInput): Promise<void> {
  const { out } = context;
  const { dim, cyan } = out.style;
  if (!quiet) {
    const [health, { toolchains }] = await Promise.all([
      client.call<Health>('GET', '/_lambdock/health'),
      client.call<DoctorAnswer>('GET', '/_lambdock/doctor'),
    ]);
    if (signal.aborted) return;
    out.line(`  driver  ${health.driver.name}: ${toolchainSummary(toolchains, out.style)}`);
    if (health.driver.notice) out.line(`          ${out.style.yellow(health.driver.notice)}`);
    if (health.functions > 0)
      out.line(`  kept    ${health.functions} functions from before (${cyan('lambdock ps')})`);
    if (!example) {
      out.line();
      out.line('Try next, in another terminal:');
      out.line(`  ${cyan('lambdock dev <file or folder>')}`);
      out.line(`  ${cyan(createCommand(client.url))}`);
    }
    out.line(dim(example ? '' : 'Ctrl-C stops it.'));
  }
  if (example) await (await import('./examples.ts')).runExamples({ client, context, signal });
  if (!quiet && !signal.aborted) void showReloads(client, context, signal);
}

/** A command that creates a function, to be pasted. */
function createCommand(url: string): string {
  return `curl ${url}/lambda -F title=hi -F runtime=node -F version=20 -F 'code=export default (req, res) => res.send("hi")'`;
}

async function showReloads(client: DaemonClient, context: CliContext, signal: AbortSignal): Promise<void> {
  const titles = new Map<string, string>();
  const remember = async () => {
    for (const { id, title } of await listFunctions(client)) titles.set(id, title);
  };
  await remember();
  await followJournal({
    client,
    clock: context.clock,
    signal,
    onEntry: (entry) => {
      if (entry.type === 'function.created' || entry.type === 'function.updated')
        titles.set(entry.id, entry.title);
      if (entry.type === 'progress' && entry.done) return;
      for (const line of reloadLines(entry, { style: context.out.style, title: titleOf(entry, titles) }))
        context.out.line(line);
    },
    onLost: () => undefined,
    onConnected: () => undefined,
  });
}

function titleOf(entry: JournalEntry, titles: ReadonlyMap<string, string>): string | undefined {
  return 'id' in entry && entry.id !== undefined ? titles.get(entry.id) : undefined;
}
