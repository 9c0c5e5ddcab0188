import type { Milliseconds } from '../../clock/clock.ts';
import { conflict } from './errors.ts';
import type { Lambda } from './lambda.ts';
import { type FunctionRef, functionArn, functionNotFound, LATEST } from './names.ts';
import { settledAt } from './revisions.ts';
import type { VersionRecord } from './store/function-record.ts';

/** A change that comes this little too early is made a moment later, where AWS would refuse it. */
const PATIENCE: Milliseconds = 100;

/**
 * `$LATEST` once it can be changed. To be called within `Lambda.changing`.
 *
 * @throws ResourceNotFoundException; ResourceConflictException while the function is being made or updated
 */
export async function changeableLatest(lambda: Lambda, ref: FunctionRef): Promise<VersionRecord> {
  const record = latestOf(lambda, ref);
  const { clock } = lambda;
  const left = settledAt(record) - clock.now();
  if (left <= 0) return record;
  if (left <= PATIENCE) {
    await clock.sleep(left);
    return latestOf(lambda, ref);
  }
  const why =
    record.activeAt > clock.now()
      ? 'The function is currently in the following state: Pending'
      : `An update is in progress for resource: ${functionArn(ref)}`;
  throw conflict(`The operation cannot be performed at this time. ${why}`);
}

/** @throws ResourceNotFoundException, without the qualifier that the request may have named */
export function latestOf({ functions }: Lambda, ref: FunctionRef): VersionRecord {
  const record = functions.version(ref, LATEST);
  if (!record) throw functionNotFound({ ...ref, qualifier: undefined });
  return record;
}
