import { toFunctionVersion } from './function-version.ts';
import type { Lambda } from './lambda.ts';
import type { FunctionRef } from './names.ts';
import type { VersionRecord } from './store/function-record.ts';

/**
 * Has the code unpacked and a runtime at hand before the first invocation asks for them. What this machine can't run, or only nearly as
 * AWS would, is noted in the journal. Nobody waits for it.
 */
export function prepare(lambda: Lambda, ref: FunctionRef, record: VersionRecord): void {
  const { host, journal, onError } = lambda;
  host.check(toFunctionVersion(lambda, ref, record)).then(({ warning, unsupported }) => {
    const words = unsupported ?? warning;
    if (words !== undefined) journal.record({ type: 'notice', message: `${ref.name}: ${words}` });
  }, onError);
}
