import { getFunction, updateFunction } from '../../api/functions.ts';
import { ApiError } from '../../api/request.ts';
import type { Stored } from './editing.ts';

/** A function whose title changes all the time is not worth waiting for. */
const MOST_ATTEMPTS = 5;

/**
 * Stores code in place of `base`, or resolves with what someone else stored since. Whoever gives the function another title meanwhile
 * is in nobody's way. Rejects as `call` does.
 */
export async function saveCode(
  id: string,
  code: string,
  base: Stored,
): Promise<{ etag: string | null } | { theirs: Stored }> {
  let { etag } = base;
  for (let attempt = 1; ; attempt++) {
    try {
      return { etag: (await updateFunction(id, { code }, etag)).etag };
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412)) throw error;
      const now = await getFunction(id);
      if (now.data.code !== base.code || attempt === MOST_ATTEMPTS)
        return { theirs: { code: now.data.code, etag: now.etag } };
      etag = now.etag;
    }
  }
}
