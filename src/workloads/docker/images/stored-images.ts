import type { Engine } from '../engine/engine.ts';
import { isConflict, isNotFound } from '../engine/engine-errors.ts';
import { IMAGE_LABEL } from './build-image.ts';
import { type ImagePlan, shortTag } from './image-plan.ts';

/** An image that lambdock built. */
export interface StoredImage {
  /** `sha256:…`. */
  id: string;
  /** `node 20`. */
  runtime: string;
  /** The one with the hash. */
  tag: string;
  bytes: number;
  created: Date;
  /** Made from what the runtime is made from now. */
  current: boolean;
  /** Names of the containers, running or not, that need it. */
  containers: string[];
}

export interface PruneResult {
  removed: StoredImage[];
  /** What its absence left on the disk: layers that no other image shares. */
  freedBytes: number;
  kept: { image: StoredImage; why: string }[];
}

const HASH_TAG = /:[\w.]+-[0-9a-f]{12}$/;

/**
 * The images of ours on an engine, by runtime and then newest first. Ours carry our label and a tag with a hash: an image that a
 * user built on one of them has inherited the label. Those of an installation that names its images otherwise are none of ours.
 */
export async function listStoredImages(engine: Engine, plans: readonly ImagePlan[]): Promise<StoredImage[]> {
  const { docker } = engine;
  const [images, containers] = await Promise.all([
    docker.listImages({ filters: { label: [IMAGE_LABEL] } }),
    docker.listContainers({ all: true }),
  ]);
  const wanted = new Set(plans.map(({ tag }) => tag));
  const namespaces = new Set(plans.map(({ tag }) => namespaceOf(tag)));
  const stored = images.flatMap(({ Id: id, RepoTags: tags, Labels: labels, Size: bytes, Created: seconds }) =>
    (tags ?? [])
      .map(shortTag)
      .filter((tag) => HASH_TAG.test(tag) && namespaces.has(namespaceOf(tag)))
      .map((tag) => ({
        id,
        runtime: labels[IMAGE_LABEL] ?? '',
        tag,
        bytes,
        created: new Date(seconds * 1_000),
        current: wanted.has(tag),
        containers: containers
          .filter(({ ImageID }) => ImageID === id)
          .map(({ Id, Names }) => Names?.[0]?.replace(/^\//, '') ?? Id.slice(0, 12)),
      })),
  );
  return stored.sort(
    (a, b) => a.runtime.localeCompare(b.runtime, 'en') || b.created.getTime() - a.created.getTime(),
  );
}

/** Removes the outdated images of ours that no container needs; of these runtimes (`node 20`) only, if any are named. */
export async function pruneImages(
  engine: Engine,
  plans: readonly ImagePlan[],
  runtimes?: readonly string[],
): Promise<PruneResult> {
  const result: PruneResult = { removed: [], freedBytes: 0, kept: [] };
  const stored = await listStoredImages(engine, plans);
  const currentIds = new Set(stored.filter(({ current }) => current).map(({ id }) => id));
  for (const image of stored) {
    if (image.current || (runtimes && !runtimes.includes(image.runtime))) continue;
    if (currentIds.has(image.id)) {
      // The same image under an older hash: only a name goes.
      await remove(engine, image.tag);
      result.removed.push(image);
    } else if (image.containers.length > 0) {
      result.kept.push({ image, why: `in use by ${image.containers.join(', ')}` });
    } else {
      await removeImage(engine, image, result);
    }
  }
  return result;
}

async function removeImage(engine: Engine, image: StoredImage, result: PruneResult): Promise<void> {
  const own = await ownBytes(engine, image);
  try {
    let gone = false;
    for (const tag of [image.tag.replace(/-[0-9a-f]{12}$/, ''), image.tag]) {
      if (await isTagOf(engine, tag, image.id)) gone = await remove(engine, tag);
    }
    result.removed.push(image);
    if (gone) result.freedBytes += own;
  } catch (error) {
    if (!isConflict(error)) throw error;
    result.kept.push({ image, why: 'something else is built on it' });
  }
}

/** Removes a tag, and the image with its last one. Whether the image is gone. */
async function remove(engine: Engine, tag: string): Promise<boolean> {
  try {
    const changes = (await engine.docker.getImage(tag).remove()) as { Deleted?: string }[];
    return changes.some(({ Deleted }) => Deleted !== undefined);
  } catch (error) {
    // Somebody else was quicker.
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function isTagOf(engine: Engine, tag: string, id: string): Promise<boolean> {
  return (await inspect(engine, tag))?.Id === id;
}

/** What an image takes beyond the largest other image that it is built on. */
async function ownBytes(engine: Engine, image: StoredImage): Promise<number> {
  const all = await engine.docker.listImages();
  const details = await Promise.all(all.map(({ Id }) => inspect(engine, Id)));
  const layers = details.find((detail) => detail?.Id === image.id)?.RootFS.Layers ?? [];
  const shared = details
    .filter((detail) => detail !== undefined && detail.Id !== image.id)
    .filter((detail) => detail!.RootFS.Layers?.every((layer, index) => layers[index] === layer))
    .map((detail) => detail!.Size);
  return Math.max(0, image.bytes - Math.max(0, ...shared));
}

async function inspect(engine: Engine, name: string) {
  try {
    return await engine.docker.getImage(name).inspect();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** `lambdock` of `lambdock/node:20-67dd6ed598f2`. */
function namespaceOf(tag: string): string {
  return tag.slice(0, tag.lastIndexOf('/'));
}
