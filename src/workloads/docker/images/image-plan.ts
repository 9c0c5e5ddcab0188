import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RuntimeDefinition } from '../../../execution/runtime.ts';
import { BASE_ARGUMENT, baseImage, withTag } from './base-image.ts';
import { type ContextFile, readContext } from './build-context.ts';

export interface PlanOptions {
  /** Folder of built runtime servers, one folder a runtime: `dist/runtimes`. */
  serverDirectory: string;
  /** As `--base-images` gives them: `image`, or `runtime=image`. */
  baseImages: readonly string[];
}

/** The image that a runtime should have, known before there is one. */
export interface ImagePlan {
  /** `node 20`. */
  runtime: string;
  /** What users call it, `lambdock/node:20`; follows the newest build. */
  image: string;
  /** `image` and a hash of all that it is made from: an image with this tag is this plan's. */
  tag: string;
  base: string;
  buildArgs: Readonly<Record<string, string>>;
  dockerfile: string;
  files: readonly ContextFile[];
}

/** Reads what a runtime's image is made from. */
export function planImage(definition: RuntimeDefinition, options: PlanOptions): ImagePlan {
  const { directory, image, version } = definition;
  const built = join(options.serverDirectory, basename(directory));
  const dockerfile = readFileSync(join(directory, 'Dockerfile'), 'utf8');
  const files = readContext(existsSync(built) ? built : directory);
  const base = withTag(baseImage(definition.runtime, dockerfile, options.baseImages));
  const buildArgs = { [BASE_ARGUMENT]: base };
  const tag = `${image}-${hashOf(dockerfile, files, buildArgs)}`;
  return { runtime: `${definition.runtime} ${version}`, image, tag, base, buildArgs, dockerfile, files };
}

/** 12 hex digits over everything that decides what comes out of a build. */
function hashOf(
  dockerfile: string,
  files: readonly ContextFile[],
  buildArgs: Record<string, string>,
): string {
  const hash = createHash('sha256');
  /** Each part with its length in front, so that no two lists of parts read the same. */
  const add = (part: string | Buffer) => hash.update(`${Buffer.byteLength(part)}:`).update(part);
  add(dockerfile);
  add(JSON.stringify(buildArgs));
  for (const { path, executable, content } of files) {
    add(path);
    add(executable ? 'executable' : 'plain');
    add(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** A tag as we gave it: Podman puts a registry in front, `localhost` or the one that it takes names without one to mean. */
export function shortTag(tag: string): string {
  return tag.replace(/^(?:localhost|docker\.io)\//, '');
}
