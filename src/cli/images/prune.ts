import { planImage } from '../../workloads/docker/images/image-plan.ts';
import { pruneImages } from '../../workloads/docker/images/stored-images.ts';
import { describeSize } from '../amounts.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../plural.ts';
import { printable } from '../text-width.ts';
import type { ImagesInput } from './input.ts';

/** Removes outdated images of ours. It does not ask: what is needed again is built again. */
export async function pruneOutdated({
  engine,
  context: { out },
  known,
  named,
  plan,
  json,
}: ImagesInput): Promise<ExitCode> {
  const plans = known.map((definition) => planImage(definition, plan));
  // Without names, images of runtimes that this version no longer has go as well.
  const only = named?.map(({ runtime, version }) => `${runtime} ${version}`);
  const { removed, kept, freedBytes } = await pruneImages(engine, plans, only);
  if (json) {
    const output = {
      removed: removed.map(({ tag }) => tag),
      kept: kept.map(({ image, why }) => ({ tag: image.tag, why })),
      freedBytes,
    };
    out.line(JSON.stringify(output, null, 2));
    return EXIT.ok;
  }
  const { dim } = out.style;
  for (const { tag } of removed) out.line(`removed  ${tag}`);
  for (const { image, why } of kept) out.line(`kept     ${image.tag}  ${dim(printable(why))}`);
  if (removed.length === 0) out.line('Nothing was removed: no image is outdated and unused');
  else out.line(`Removed ${plural(removed.length, 'image')}, which freed ${describeSize(freedBytes)}`);
  return EXIT.ok;
}
