import { ObjectStoreUnavailable } from '../../storage/errors.ts';
import type { ObjectStore } from '../../storage/objects/object-store.ts';
import { describeSize } from '../amounts.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { plural } from '../plural.ts';
import { STORE_NAMES, type Stores } from './stores.ts';

interface Summary {
  store: string;
  objects?: number;
  bytes?: number;
  /** Why it can't be looked at. */
  problem?: string;
}

/** Tells how much stored code each store has. */
export async function listObjects(
  stores: Stores,
  { context: { out }, json }: { context: CliContext; json: boolean },
): Promise<ExitCode> {
  const summaries: Summary[] = [];
  for (const name of STORE_NAMES) {
    try {
      summaries.push({ store: name, ...(await count(await stores.open(name), stores.bucket)) });
    } catch (error) {
      if (!(error instanceof ObjectStoreUnavailable)) throw error;
      summaries.push({ store: name, problem: error.what });
    }
  }
  if (json) {
    out.line(JSON.stringify(summaries, null, 2));
    return EXIT.ok;
  }
  for (const { store, objects = 0, bytes = 0, problem } of summaries) {
    const what = problem ? out.style.dim(problem) : `${plural(objects, 'object')}, ${describeSize(bytes)}`;
    out.line(`${store.padEnd('embedded'.length)}  ${what}`);
  }
  return EXIT.ok;
}

async function count(store: ObjectStore, bucket: string): Promise<{ objects: number; bytes: number }> {
  let objects = 0;
  let bytes = 0;
  let after: string | undefined;
  do {
    const page = await store.list(bucket, after === undefined ? {} : { after });
    objects += page.objects.length;
    bytes += page.objects.reduce((sum, { size }) => sum + size, 0);
    after = page.next;
  } while (after !== undefined);
  return { objects, bytes };
}
