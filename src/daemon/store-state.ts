import { accessSync, constants, statfsSync } from 'node:fs';

/** What a store can do at present. `full`: reads only, a write would be refused. `unavailable`: not even that. */
export type StoreState = 'ok' | 'full' | 'unavailable';

/** Below this a commit or a small object may not fit any more. */
const LEAST_FREE_BYTES = 1024 * 1024;

/** The state of a store in a folder of this machine, as the file system tells it now. */
export function storeState(folder: string): StoreState {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LEAST_FREE_BYTES ? 'full' : 'ok';
  } catch {
    return 'unavailable';
  }
}
