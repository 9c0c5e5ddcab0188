import type { RuntimeDefinition } from '../../execution/runtime.ts';
import { ImageFailure } from '../../workloads/docker/images/image-failure.ts';
import { type RuntimeImage, RuntimeImages } from '../../workloads/docker/images/runtime-images.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../plural.ts';
import { ProgressLine } from '../progress-line.ts';
import { describeDuration } from '../reload-lines.ts';
import { printable } from '../text-width.ts';
import type { ImagesInput } from './input.ts';

/** How often a terminal's line changes. */
const REDRAW = 100;
const PLAIN_INTERVAL = 5_000;

interface Outcome {
  runtime: string;
  image?: RuntimeImage;
  error?: string;
}

/** Builds the images that are not there, one after the other. One that fails does not keep the others from being built. */
export async function buildImages({
  engine,
  auths,
  context,
  known,
  named,
  plan,
  json,
}: ImagesInput): Promise<ExitCode> {
  const { out, err, clock } = context;
  const line = new ProgressLine(out);
  const interrupted = context.interruption();
  await using images = new RuntimeImages({
    ...plan,
    engine,
    auths,
    clock,
    onProgress: (_, message, done) => !json && !done && line.show(message),
    progressInterval: out.isTerminal ? REDRAW : PLAIN_INTERVAL,
  });
  const outcomes: Outcome[] = [];
  for (const definition of named ?? known) {
    const runtime = `${definition.runtime} ${definition.version}`;
    const began = clock.monotonic();
    try {
      const image = await images.ensure(definition, interrupted);
      outcomes.push({ runtime, image });
      line.clear();
      const took = out.style.dim(`in ${describeDuration(clock.monotonic() - began)}`);
      if (!json) out.line(`${out.style.green('✓')} ${runtime}  ${image.tag}  ${took}`);
    } catch (error) {
      line.clear();
      if (interrupted.aborted) {
        err.line('Interrupted: nothing of an unfinished image is kept');
        return EXIT.failed;
      }
      if (!(error instanceof ImageFailure)) throw error;
      outcomes.push({ runtime, error: error.problem });
      if (!json) tellFailure(definition, error, context);
    }
  }
  if (json) out.line(JSON.stringify(outcomes.map(toJson), null, 2));
  const failed = outcomes.filter(({ error }) => error !== undefined).length;
  if (failed > 0 && !json) err.line(`${plural(failed, 'image')} could not be built`);
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

function tellFailure(
  { runtime, version }: RuntimeDefinition,
  { problem, ways, detail }: ImageFailure,
  { err }: ImagesInput['context'],
): void {
  const { red, dim } = err.style;
  err.line(`${red('✗')} ${runtime} ${version}  ${printable(problem)}`);
  for (const way of ways) err.line(`  ${dim('-')} ${way}`);
  for (const line of detail.stack?.split('\n') ?? []) err.line(dim(`  │ ${printable(line)}`));
}

function toJson({ runtime, image, error }: Outcome): object {
  return { runtime, ...(image ?? {}), ...(error !== undefined && { error }) };
}
