/** What one check found. */
export interface CheckResult {
  name: string;
  state: /** as it should be */
    | 'ok'
    /** works, or is only needed for a part of what lambdock does */
    | 'warning'
    /** lambdock can't work like this */
    | 'missing';
  detail: string;
  /** What to do about it. */
  advice?: string;
}

/** Whether lambdock can't work here; with `strict`, whether anything is not as it should be. */
export function isFailure(results: readonly CheckResult[], strict: boolean): boolean {
  return results.some(({ state }) => state === 'missing' || (strict && state === 'warning'));
}
