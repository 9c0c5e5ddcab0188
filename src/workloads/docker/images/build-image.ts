import type { Engine } from '../engine/engine.ts';
import { engineMessage } from '../engine/engine-errors.ts';
import { packContext } from './build-context.ts';
import { type EngineMessage, isFailure, readMessages } from './engine-messages.ts';
import { buildFailure, diskFailure, isDiskFull } from './image-failure.ts';
import type { ImagePlan } from './image-plan.ts';

/** On every image of ours, with the runtime and its version: nothing is found by name. */
export const IMAGE_LABEL = 'io.lambdock.image';

/** Enough to see what a tool complains about. */
const KEPT_LINES = 100;

export interface BuildInput {
  engine: Engine;
  plan: ImagePlan;
  report: (message: string) => void;
  signal: AbortSignal;
}

/** Builds a plan's image, whose base is there. Rejects with ImageFailure. */
export async function buildImage({ engine, plan, report, signal }: BuildInput): Promise<void> {
  const log = new BuildLog();
  try {
    report(`Building the ${plan.runtime} image`);
    const stream = await engine.docker.buildImage(await packContext(plan.dockerfile, plan.files), {
      t: plan.tag,
      buildargs: { ...plan.buildArgs },
      labels: { [IMAGE_LABEL]: plan.runtime },
      forcerm: true,
      abortSignal: signal,
    });
    await readMessages(stream, signal, (message) => {
      if (log.add(message)) report(`Building the ${plan.runtime} image: ${log.position}`);
    });
  } catch (error) {
    if (signal.aborted || !isFailure(error)) throw error;
    const said = engineMessage(error);
    if (isDiskFull(said) || log.lines.some(isDiskFull))
      throw diskFailure(plan.runtime, (await engine.info()).rootFolder);
    throw buildFailure(plan.runtime, log.instruction, said, log.lines);
  }
}

/** What a build has said of its present step. */
class BuildLog {
  position = '';
  instruction: string | undefined;
  lines: string[] = [];

  /** Whether a new step has begun. */
  add({ stream }: EngineMessage): boolean {
    if (stream === undefined) return false;
    // Docker writes "Step 3/9 : RUN …", Podman "STEP 3/9: RUN …".
    const [, step, steps, instruction] = /^step (\d+)\/(\d+) ?: (.*)/is.exec(stream) ?? [];
    if (instruction === undefined) {
      this.lines.push(...stream.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !isNoise(line)));
      this.lines.splice(0, Math.max(0, this.lines.length - KEPT_LINES));
      return false;
    }
    this.instruction = instruction.trim();
    this.position = `step ${step} of ${steps}`;
    this.lines = [];
    return true;
  }
}

/** What the builder says of its own doings. */
function isNoise(line: string): boolean {
  return /^ ?---> |^Removing intermediate container /.test(line);
}
