import { cpSync, existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describeSourceError } from '../execution/source.ts';
import { packageInfo } from '../package-info.ts';
import type { LinkedFunction } from './api.ts';
import { shortPath } from './banner.ts';
import type { DaemonClient } from './client.ts';
import type { CliContext } from './context.ts';
import { endpointUrl } from './find-function.ts';
import { describeDuration } from './reload-lines.ts';
import { waitUntilServing } from './wait-until-serving.ts';

const EXAMPLES = [
  { name: 'node', title: 'hello-node', file: 'handler.mjs' },
  { name: 'python', title: 'hello-python', file: 'handler.py' },
  { name: 'golang', title: 'hello-golang', file: 'handler.go' },
] as const;

type Example = (typeof EXAMPLES)[number];

interface Input {
  client: DaemonClient;
  context: CliContext;
  signal: AbortSignal;
}

/** Links the example functions and prints each URL as it goes live. A language that is missing does not stop the others. */
export async function runExamples(input: Input): Promise<void> {
  const { context, signal } = input;
  const { bold, dim } = context.out.style;
  const folder = exampleFolder(context);
  context.out.line('Example functions:');
  const served = await Promise.all(EXAMPLES.map((example) => runExample(example, folder, input)));
  if (signal.aborted) return;
  const file = shortPath(join(folder, EXAMPLES[0].name, EXAMPLES[0].file), context.cwd);
  context.out.line();
  context.out.line(
    served.some((live) => live)
      ? `Edit ${bold(file)} and ask again: the next answer comes from the new code. ${dim('Ctrl-C stops.')}`
      : `${context.out.style.yellow('None of them serves:')} lambdock doctor says what is missing.`,
  );
}

async function runExample(
  example: Example,
  folder: string,
  { client, context, signal }: Input,
): Promise<boolean> {
  const { out, clock } = context;
  const { dim, green, red, cyan } = out.style;
  const label = example.name.padEnd(6);
  const path = join(folder, example.name);
  const began = clock.monotonic();
  try {
    const linked = await client.call<LinkedFunction>('POST', '/_lambdock/link', {
      path,
      runtime: example.name,
      title: example.title,
    });
    const failure = await waitUntilServing({
      client,
      clock,
      id: linked.id,
      signal,
      onProgress: (message) => out.line(`  ${dim(`· ${label}  ${message}`)}`),
    });
    if (signal.aborted) return false;
    if (failure) {
      out.line(`  ${red('✗')} ${label}  ${describeSourceError(failure)}`);
      return false;
    }
    const took = dim(describeDuration(clock.monotonic() - began));
    out.line(`  ${green('✓')} ${label}  ${cyan(endpointUrl(client, linked.id))}  ${took}`);
    return true;
  } catch (error) {
    if (!signal.aborted) out.line(`  ${red('✗')} ${label}  ${(error as Error).message}`);
    return false;
  }
}

/** The repository's own examples; an installed package's are copied out, as nobody edits what npm may replace. */
function exampleFolder(context: CliContext): string {
  const { root } = packageInfo();
  const original = join(root, 'examples', 'hello');
  if (!root.split(sep).includes('node_modules')) return original;
  const copy = join(context.cwd, 'lambdock-hello');
  if (!existsSync(copy)) {
    cpSync(original, copy, { recursive: true });
    context.out.line(`Copied the examples to ${shortPath(copy, context.cwd)}/`);
  }
  return copy;
}
