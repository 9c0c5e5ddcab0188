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

interface Example {
  runtime: string;
  file: string;
}

const EXAMPLES: readonly [Example, ...Example[]] = [
  { runtime: 'node', file: 'handler.mjs' },
  { runtime: 'python', file: 'handler.py' },
  { runtime: 'golang', file: 'handler.go' },
];

interface Input {
  client: DaemonClient;
  context: CliContext;
  signal: AbortSignal;
}

/** Links the example functions and prints each URL as it goes live. A language that is missing does not stop the others. */
export async function runExamples(input: Input): Promise<void> {
  const { context, signal } = input;
  const { bold, dim, yellow } = context.out.style;
  const folder = exampleFolder(context);
  context.out.line();
  context.out.line('Example functions:');
  const served = await Promise.all(EXAMPLES.map((example) => runExample(example, folder, input)));
  if (signal.aborted) return;
  const [{ runtime, file }] = EXAMPLES;
  context.out.line();
  context.out.line(
    served.some((live) => live)
      ? `Edit ${bold(shortPath(join(folder, runtime, file), context.cwd))}, save, and ask again. ${dim('Ctrl-C stops.')}`
      : `${yellow('None of them serves:')} lambdock doctor says what is missing.`,
  );
}

async function runExample(
  { runtime }: Example,
  folder: string,
  { client, context, signal }: Input,
): Promise<boolean> {
  const { out, clock } = context;
  const { dim, green, red, cyan } = out.style;
  const label = runtime.padEnd(6);
  const began = clock.monotonic();
  try {
    const { id } = await client.call<LinkedFunction>('POST', '/_lambdock/link', {
      path: join(folder, runtime),
      runtime,
      title: `hello-${runtime}`,
    });
    const failure = await waitUntilServing({ client, clock, id, signal });
    if (signal.aborted) return false;
    const took = dim(describeDuration(clock.monotonic() - began));
    if (failure) out.line(`  ${red('✗')} ${label}  ${describeSourceError(failure)}`);
    else out.line(`  ${green('✓')} ${label}  ${cyan(endpointUrl(client, id))}  ${took}`);
    return !failure;
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
