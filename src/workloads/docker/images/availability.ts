import type { Milliseconds } from '../../../clock/clock.ts';
import type { RuntimeDefinition } from '../../../execution/runtime.ts';
import { askEngine, EngineSilent } from '../engine/ask-engine.ts';
import type { DockerConfig } from '../engine/docker-config.ts';
import type { FoundEngine } from '../engine/locate-engine.ts';
import { NOTHING } from './base-image.ts';
import { pullReason } from './image-failure.ts';
import { type ImagePlan, type PlanOptions, planImage } from './image-plan.ts';
import { credentialsFor } from './registry-credentials.ts';

export type Availability = { usable: true } | { usable: false; why: string };

/** What a registry is given to answer: somebody waits for lambdock to start. */
const REGISTRY_TIMEOUT: Milliseconds = 2_000;
/** What the engine is given to say what it has. */
const LOCAL_TIMEOUT: Milliseconds = 400;

export interface AvailabilityOptions extends PlanOptions {
  /** What `docker login` left, from `readDockerConfig`. */
  auths: DockerConfig['auths'];
}

/**
 * Whether the images of all these runtimes are there or can be had: built already, or their base images are here, or the engine
 * reaches the registry that has them. Says what is missing first. Asked without the client library, as it decides at a
 * start whether that is needed at all.
 */
export async function imagesAvailable(
  found: FoundEngine,
  definitions: readonly RuntimeDefinition[],
  options: AvailabilityOptions,
): Promise<Availability> {
  const plans = definitions.map((definition) => planImage(definition, options));
  const answers = await Promise.all(plans.map((plan) => imageAvailable(found, plan, options.auths)));
  return answers.find(({ usable }) => !usable) ?? { usable: true };
}

async function imageAvailable(
  found: FoundEngine,
  plan: ImagePlan,
  auths: DockerConfig['auths'],
): Promise<Availability> {
  const { base, runtime, tag } = plan;
  const lacking = `there is no ${runtime} image, nor ${base} to build it on`;
  try {
    if (await anyIsHere(found, [tag, base])) return { usable: true };
  } catch (error) {
    return {
      usable: false,
      why: `Docker does not say whether it has the ${runtime} image (${reasonOf(error)})`,
    };
  }
  // Podman has no such question, and a wrong guess would cost every function its start.
  if (found.version.podman) return { usable: false, why: lacking };
  const reason = await pullProblem(found, base, auths);
  return reason === undefined
    ? { usable: true }
    : { usable: false, why: `${lacking}, which can't be pulled: ${reason}` };
}

/** The first is usually there, and then the second need not be asked for. */
async function anyIsHere({ endpoint }: FoundEngine, images: readonly string[]): Promise<boolean> {
  for (const image of images) {
    if (image === NOTHING) return true;
    const { status } = await askEngine(endpoint.address, `/images/${image}/json`, LOCAL_TIMEOUT);
    if (status === 200) return true;
  }
  return false;
}

/** Why an image could not be pulled, or undefined when it could. */
async function pullProblem(
  { endpoint }: FoundEngine,
  image: string,
  auths: DockerConfig['auths'],
): Promise<string | undefined> {
  const credentials = credentialsFor(image, auths);
  const headers: Record<string, string> = credentials
    ? { 'x-registry-auth': Buffer.from(JSON.stringify(credentials)).toString('base64url') }
    : {};
  try {
    const path = `/distribution/${image}/json`;
    const { status, body } = await askEngine(endpoint.address, path, REGISTRY_TIMEOUT, headers);
    if (status === 200) return undefined;
    const { message } = (body ?? {}) as { message?: unknown };
    return pullReason(typeof message === 'string' ? message : `it answered ${status}`);
  } catch (error) {
    return error instanceof EngineSilent ? 'its registry does not answer' : reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
