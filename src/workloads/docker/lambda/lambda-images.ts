import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import { CannotStart } from '../../../execution/environments/blueprint.ts';
import { HostUnavailable } from '../../../execution/environments/host-unavailable.ts';
import type { FunctionVersion } from '../../../execution/function-host.ts';
import type { Engine } from '../engine/engine.ts';
import { engineMessage, isNotFound, isUnavailable, unavailableReason } from '../engine/engine-errors.ts';
import { withTag } from '../images/base-image.ts';
import { awsImage, isAwsImage, type Language, splitRuntime } from './aws-images.ts';

/** An image that the engine has. */
export interface LocalImage {
  /** As it was asked for. */
  reference: string;
  /** `sha256:…` of this engine. */
  id: string;
  /** As the registry that it came from names them. */
  digests: readonly string[];
  entrypoint: readonly string[];
  command: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** It has AWS's bootstrap in it. */
  aws: boolean;
}

export interface LambdaImagesOptions {
  engine: Engine;
  /** As `--lambda-images` gives them: `image` for all, or `nodejs22.x=image`, or `nodejs=image`. */
  images: readonly string[];
  /** In front of `nodejs:22`. */
  prefix: string;
  /** What the platform's own images are built on, by runtime: it stands in for AWS's where that can't be had. */
  bases: Readonly<Record<string, string>>;
  clock: Clock;
  /** Gets an image; rejects with a reason that a person understands. */
  pull(reference: string): Promise<void>;
}

/** An image that could not be pulled is not asked for again for so long: without a network each try takes its time. */
const MISSING_FOR: Milliseconds = 60_000;
/** The platform's runtime whose image can stand in for a language's. */
const STAND_INS: Readonly<Partial<Record<Language, string>>> = {
  nodejs: 'node',
  python: 'python',
  provided: 'golang',
};

/** The images that execution environments are made from. */
export class LambdaImages {
  readonly #options: LambdaImagesOptions;
  readonly #pulls = new Map<string, Promise<void>>();
  readonly #missing = new Map<string, { error: ImageMissing; until: Milliseconds }>();

  constructor(options: LambdaImagesOptions) {
    this.#options = options;
  }

  /** The image of a zip function's runtime. Rejects with CannotStart or HostUnavailable. */
  async ofRuntime(runtime: string): Promise<LocalImage> {
    const reference = this.#chosen(runtime) ?? awsImage(runtime, this.#options.prefix);
    if (reference === undefined) throw unsupported(`lambdock knows no image for ${runtime}`);
    try {
      return await this.get(reference);
    } catch (error) {
      if (!(error instanceof ImageMissing)) throw error;
      const other = await this.#standIn(runtime);
      if (other) return other;
      throw unsupported(
        `${runtime} runs in the image ${error.reference}, which is not there: ${error.message}. Pull it, or name another one with --lambda-images ${runtime}=…`,
      );
    }
  }

  /** The image of a function, as it was when the function was made, for as long as that is there. Rejects as `ofRuntime`. */
  async ofFunction({ uri, id }: NonNullable<FunctionVersion['image']>): Promise<LocalImage> {
    const first = id === undefined ? undefined : await this.find(id);
    if (first) return first;
    try {
      return await this.get(uri);
    } catch (error) {
      if (!(error instanceof ImageMissing)) throw error;
      const message = `The image ${uri} is not there any more: ${error.message}`;
      throw new CannotStart({ type: 'ImageDeleted', message });
    }
  }

  /** What the engine has by this name, after it was pulled where that is needed. Rejects with ImageMissing or HostUnavailable. */
  async get(reference: string): Promise<LocalImage> {
    const name = reference.startsWith('sha256:') ? reference : withTag(reference);
    const found = await this.find(name);
    if (found) return found;
    if (name.startsWith('sha256:')) throw new ImageMissing(name, 'it was removed');
    await this.#pull(name);
    const pulled = await this.find(name);
    if (!pulled) throw new ImageMissing(name, 'it was pulled, and is not there');
    return pulled;
  }

  /** What the engine has by this name now. */
  async find(name: string): Promise<LocalImage | undefined> {
    try {
      const {
        Id: id,
        RepoDigests: digests,
        Config: config,
      } = await this.#options.engine.docker.getImage(name).inspect();
      const entrypoint = asList(config?.Entrypoint);
      return {
        reference: name,
        id,
        digests: digests ?? [],
        entrypoint,
        command: asList(config?.Cmd),
        cwd: config?.WorkingDir || '/',
        env: Object.fromEntries((config?.Env ?? []).map(splitVariable)),
        aws: isAwsImage(entrypoint),
      };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw orHostUnavailable(error);
    }
  }

  /** An image that is here and has the language, where AWS's own was not asked for by name. */
  async #standIn(runtime: string): Promise<LocalImage | undefined> {
    if (this.#chosen(runtime) !== undefined) return undefined;
    const name = STAND_INS[splitRuntime(runtime)!.language];
    const base = name && this.#options.bases[name];
    return base === undefined ? undefined : this.find(base);
  }

  #chosen(runtime: string): string | undefined {
    const { images } = this.#options;
    const named = (name: string) =>
      images.findLast((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    const language = splitRuntime(runtime)?.language;
    return named(runtime) ?? (language && named(language)) ?? images.findLast((one) => !one.includes('='));
  }

  /** Callers at one time share a pull. */
  #pull(name: string): Promise<void> {
    const known = this.#pulls.get(name);
    if (known) return known;
    const missing = this.#missing.get(name);
    const { clock } = this.#options;
    if (missing && clock.monotonic() < missing.until) return Promise.reject(missing.error);
    const pulling = this.#options
      .pull(name)
      .catch((error: unknown) => {
        if (isUnavailable(error)) throw orHostUnavailable(error);
        const failure = new ImageMissing(name, engineMessage(error));
        this.#missing.set(name, { error: failure, until: clock.monotonic() + MISSING_FOR });
        throw failure;
      })
      .finally(() => this.#pulls.delete(name));
    this.#pulls.set(name, pulling);
    return pulling;
  }
}

/** The engine has no such image, and can't get it. */
export class ImageMissing extends Error {
  override readonly name = 'ImageMissing';
  readonly reference: string;

  constructor(reference: string, why: string) {
    super(why);
    this.reference = reference;
  }
}

export function unsupported(message: string): CannotStart {
  return new CannotStart({ type: 'Runtime.Unsupported', message });
}

/** The error itself, unless it says that the engine does not answer. */
export function orHostUnavailable(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  return new HostUnavailable(`Docker does not answer (${unavailableReason(error)})`, error);
}

function asList(value: string | string[] | null | undefined): string[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function splitVariable(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
