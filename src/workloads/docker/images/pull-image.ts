import type { DockerConfig } from '../engine/docker-config.ts';
import type { Engine } from '../engine/engine.ts';
import { engineMessage, isNotFound } from '../engine/engine-errors.ts';
import { NOTHING } from './base-image.ts';
import { type EngineMessage, isFailure, readMessages } from './engine-messages.ts';
import { diskFailure, isDiskFull, pullFailure } from './image-failure.ts';
import type { ImagePlan } from './image-plan.ts';
import { credentialsFor } from './registry-credentials.ts';

const MB = 1_000_000;

export interface PullInput {
  engine: Engine;
  plan: ImagePlan;
  auths: DockerConfig['auths'];
  report: (message: string) => void;
  signal: AbortSignal;
}

/** Pulls a plan's base image unless it is there. Rejects with ImageFailure. */
export async function ensureBaseImage(input: PullInput): Promise<void> {
  const { engine, plan } = input;
  if (plan.base === NOTHING || (await isThere(engine, plan.base))) return;
  try {
    await pull(input);
  } catch (error) {
    if (input.signal.aborted || !isFailure(error)) throw error;
    const said = engineMessage(error);
    if (isDiskFull(said)) throw diskFailure(plan.runtime, (await engine.info()).rootFolder);
    throw pullFailure(plan.runtime, plan.base, said);
  }
}

async function isThere(engine: Engine, reference: string): Promise<boolean> {
  try {
    await engine.docker.getImage(reference).inspect();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function pull({ engine, plan, auths, report, signal }: PullInput): Promise<void> {
  const what = `${plan.base} for the ${plan.runtime} image`;
  return pullImage({ engine, reference: plan.base, what, auths, report, signal });
}

export interface ImagePull extends Omit<PullInput, 'plan'> {
  reference: string;
  /** The image in words. */
  what: string;
}

/** Has the engine get an image from its registry. Rejects with what the engine says. */
export async function pullImage({
  engine,
  reference,
  what,
  auths,
  report,
  signal,
}: ImagePull): Promise<void> {
  const credentials = credentialsFor(reference, auths);
  report(`Pulling ${what}`);
  const options = { fromImage: reference, abortSignal: signal };
  const stream = await (credentials === undefined
    ? engine.docker.createImage(options)
    : engine.docker.createImage(credentials, options));
  const layers = new Layers();
  await readMessages(stream, signal, (message) => {
    if (layers.add(message)) report(`Pulling ${what}: ${layers}`);
  });
}

/** How much of an image has arrived. */
class Layers {
  readonly #sizes = new Map<string, { current: number; total: number }>();

  /** Whether the message changed anything. */
  add({ id, status, progressDetail }: EngineMessage): boolean {
    if (id === undefined) return false;
    const known = this.#sizes.get(id);
    if (status === 'Downloading' && progressDetail?.total) {
      this.#sizes.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
      return true;
    }
    if ((status === 'Download complete' || status === 'Pull complete') && known) {
      known.current = known.total;
      return true;
    }
    return false;
  }

  toString(): string {
    let current = 0;
    let total = 0;
    for (const layer of this.#sizes.values()) {
      current += layer.current;
      total += layer.total;
    }
    return `${Math.round(current / MB)} of ${Math.max(1, Math.round(total / MB))} MB`;
  }
}
