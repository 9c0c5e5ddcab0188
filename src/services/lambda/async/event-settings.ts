import type { Milliseconds } from '../../../clock/clock.ts';
import type { FunctionRef } from '../names.ts';

/** How asynchronous invocations of a function, or of a version or an alias of it, are dealt with. */
export interface EventSettings {
  /** After the first attempt: 0 to 2. */
  maximumRetryAttempts: number;
  maximumAge: Milliseconds;
  /** ARNs. */
  onSuccess: string | undefined;
  onFailure: string | undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const USUAL_EVENT_SETTINGS: EventSettings = {
  maximumRetryAttempts: 2,
  maximumAge: 21_600_000,
  onSuccess: undefined,
  onFailure: undefined,
};

/** What PutFunctionEventInvokeConfig said of a function and qualifier. */
export type FindEventSettings = (ref: FunctionRef) => EventSettings;
