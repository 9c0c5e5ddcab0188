import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type { RuntimeDefinition } from '../../../execution/runtime.ts';
import type { ProgressListener } from '../../../execution/runtimes/context.ts';
import { SharedJob } from '../../../execution/runtimes/shared-job.ts';
import { EngineSilent } from '../engine/ask-engine.ts';
import type { DockerConfig } from '../engine/docker-config.ts';
import type { Engine } from '../engine/engine.ts';
import {
  engineMessage,
  isNotFound,
  isUnavailable,
  statusOf,
  unavailableReason,
} from '../engine/engine-errors.ts';
import { buildImage } from './build-image.ts';
import { ImageFailure } from './image-failure.ts';
import { type ImagePlan, type PlanOptions, planImage, shortTag } from './image-plan.ts';
import { PacedProgress } from './progress.ts';
import { ensureBaseImage } from './pull-image.ts';

export interface RuntimeImagesOptions extends PlanOptions {
  engine: Engine;
  clock: Clock;
  /** What `docker login` left, from `readDockerConfig`. */
  auths: DockerConfig['auths'];
  onProgress: ProgressListener;
  /** At most one message of a build in this time, besides its first and its last. */
  progressInterval?: Milliseconds;
}

export interface RuntimeImage {
  /** `sha256:…`. */
  id: string;
  tag: string;
}

interface Build {
  tag: string;
  job: SharedJob<RuntimeImage>;
}

const PROGRESS_INTERVAL: Milliseconds = 2_000;
const NEVER = new AbortController().signal;

/** The images of runtimes, each made when it is first asked for and again when what it is made from has changed. */
export class RuntimeImages implements AsyncDisposable {
  readonly #options: RuntimeImagesOptions;
  /** By the image's name: one build at a time each. */
  readonly #builds = new Map<string, Build>();

  constructor(options: RuntimeImagesOptions) {
    this.#options = options;
  }

  /**
   * The image of a runtime, built unless it is there. Concurrent callers share a build, which ends when all of them have
   * given up. Rejects with ImageFailure, which says what a person can do, or with the signal's reason.
   */
  async ensure(definition: RuntimeDefinition, signal: AbortSignal = NEVER): Promise<RuntimeImage> {
    signal.throwIfAborted();
    const plan = planImage(definition, this.#options);
    try {
      return (await this.#find(plan)) ?? (await this.#build(plan, signal));
    } catch (error) {
      if (isUnavailable(error)) {
        const [what, help] =
          error instanceof EngineSilent ? ['does not answer', 'restart'] : ['went away', 'start'];
        throw new ImageFailure(
          `Docker ${what} before the ${plan.runtime} image was there (${unavailableReason(error)})`,
          [`${help} Docker and try again`],
        );
      }
      if (statusOf(error) === undefined) throw error;
      throw new ImageFailure(`Docker does not make the ${plan.runtime} image: ${engineMessage(error)}`, []);
    }
  }

  /** Ends builds under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    const builds = [...this.#builds.values()];
    await Promise.all(builds.map(({ job }) => job.stop(new Error('lambdock is stopping'))));
  }

  /** The image that an earlier build made, which then also gets the name that users know. */
  async #find({ tag, image }: ImagePlan): Promise<RuntimeImage | undefined> {
    try {
      const found = this.#options.engine.docker.getImage(tag);
      const { Id: id, RepoTags: tags } = await found.inspect();
      if (!tags?.some((name) => shortTag(name) === image)) await found.tag(splitTag(image));
      return { id, tag };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #build(plan: ImagePlan, signal: AbortSignal): Promise<RuntimeImage> {
    for (;;) {
      const build = this.#builds.get(plan.image);
      if (build === undefined || build.job.aborted) break;
      if (build.tag === plan.tag) return build.job.wait(signal);
      // It is of what the files were before; how it ends is told to who asked for it.
      await build.job.wait(signal).catch(() => signal.throwIfAborted());
    }
    const job = new SharedJob(async (abort) => {
      try {
        return await this.#make(plan, abort);
      } finally {
        if (this.#builds.get(plan.image)?.job === job) this.#builds.delete(plan.image);
      }
    });
    this.#builds.set(plan.image, { tag: plan.tag, job });
    return job.wait(signal);
  }

  async #make(plan: ImagePlan, signal: AbortSignal): Promise<RuntimeImage> {
    const { engine, auths, clock, onProgress, progressInterval = PROGRESS_INTERVAL } = this.#options;
    const progress = new PacedProgress(`${plan.runtime} image`, clock, progressInterval, onProgress);
    const { report } = progress;
    try {
      await ensureBaseImage({ engine, plan, auths, report, signal });
      await buildImage({ engine, plan, report, signal });
      const made = await this.#find(plan);
      if (!made) throw new ImageFailure(`Docker built the ${plan.runtime} image but does not have it`, []);
      progress.done(`Built the ${plan.runtime} image`);
      return made;
    } catch (error) {
      progress.failed(`The ${plan.runtime} image could not be made`);
      throw error;
    }
  }
}

function splitTag(image: string): { repo: string; tag: string } {
  const colon = image.lastIndexOf(':');
  return { repo: image.slice(0, colon), tag: image.slice(colon + 1) };
}
