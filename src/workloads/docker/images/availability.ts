import type { Milliseconds } from '../../../clock/clock.ts';
import type { RuntimeDefinition } from '../../../execution/runtime.ts';
import { askEngine, EngineSilent } from '../engine/ask-engine.ts';
import type { FoundEngine } from '../engine/locate-engine.ts';
import { pullReason } from './image-failure.ts';
import { type ImagePlan, type PlanOptions, planImage } from './image-plan.ts';

export type Availability = { usable: true } | { usable: false; why: string };

/** What a registry is given to answer: somebody waits for lambdock to start. */
const REGISTRY_TIMEOUT: Milliseconds = 2_000;
const LOCAL_TIMEOUT: Milliseconds = 2_000;

/**
 * Whether the images of all these runtimes are there or can be had: built already, or their base images are here, or the engine
 * reaches the registry that has them. Says what is missing first. Asked without the client library, as it decides at a
 * start whether that is needed at all.
 */
export async function imagesAvailable(
  found: FoundEngine,
  definitions: readonly RuntimeDefinition[],
  options: PlanOptions,
): Promise<Availability> {
  const answers = await Promise.all(
    definitions.map(async (definition) => imageAvailable(found, await planImage(definition, options))),
  );
  return answers.find(({ usable }) => !usable) ?? { usable: true };
}

async function imageAvailable(found: FoundEngine, plan: ImagePlan): Promise<Availability> {
  const { endpoint, version } = found;
  const { base, runtime, tag } = plan;
  const ask = (path: string, timeout: Milliseconds) => askEngine(endpoint.address, path, timeout);
  const lacking = `there is no ${runtime} image, nor ${base} to build it on`;
  try {
    const here = async (image: string) => (await ask(`/images/${image}/json`, LOCAL_TIMEOUT)).status === 200;
    if ((await here(tag)) || base.startsWith('scratch:') || (await here(base))) return { usable: true };
    // Podman has no such question, and a guess could cost every function its start.
    if (version.podman) return { usable: false, why: lacking };
    const { status, body } = await ask(`/distribution/${base}/json`, REGISTRY_TIMEOUT);
    if (status === 200) return { usable: true };
    const { message } = (body ?? {}) as { message?: unknown };
    const reason = pullReason(typeof message === 'string' ? message : `it answered ${status}`);
    return { usable: false, why: `${lacking}, which can't be pulled: ${reason}` };
  } catch (error) {
    const { message } = error as Error;
    const reason = error instanceof EngineSilent ? 'its registry does not answer' : message;
    return { usable: false, why: `${lacking}, which can't be pulled: ${reason}` };
  }
}
