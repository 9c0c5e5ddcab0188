import { isDeepStrictEqual } from 'node:util';
import type { Lambda } from './lambda.ts';
import { LATEST } from './names.ts';
import { newRevisionIds } from './revisions.ts';
import type { FunctionKey, VersionRecord } from './store/function-record.ts';

export interface Published {
  record: VersionRecord;
  /** False where nothing had changed since the version that was published last, which is given again. */
  isNew: boolean;
}

/**
 * Makes a version of what `$LATEST` is now. To be called in a transaction, since it writes several rows.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
export function publish(lambda: Lambda, key: FunctionKey, description?: string): Published {
  const { functions, clock, transition } = lambda;
  const latest = functions.version(key, LATEST)!;
  const last = functions.lastPublished(key);
  if (last && isSame(last, latest)) return { record: last, isNew: false };
  const { SnapStart, Description } = latest.settings;
  const record: VersionRecord = {
    ...latest,
    ...newRevisionIds(),
    version: functions.takeNumber(key),
    basedOn: latest.settings,
    settings: {
      ...latest.settings,
      Description: description ?? Description,
      SnapStart: {
        ...SnapStart,
        OptimizationStatus: SnapStart?.ApplyOn === 'PublishedVersions' ? 'On' : 'Off',
      },
    },
    activeAt: clock.now() + transition,
    updatedAt: clock.now() + transition,
  };
  functions.put(key, record);
  // As on AWS, where to publish is a change of $LATEST, too.
  functions.put(key, { ...latest, ...newRevisionIds() });
  return { record, isNew: true };
}

/** What a version says of itself, its description above all, may differ from what it was made of. */
function isSame(published: VersionRecord, latest: VersionRecord): boolean {
  return (
    isDeepStrictEqual(published.code, latest.code) && isDeepStrictEqual(published.basedOn, latest.settings)
  );
}
