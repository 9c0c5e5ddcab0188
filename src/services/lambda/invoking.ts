import { TooManyRequestsException } from '@aws-sdk/client-lambda';
import type { Call } from '../../aws/call.ts';
import { type FunctionVersion, type Invocation, Throttled } from '../../execution/function-host.ts';
import { asServiceError } from './errors.ts';
import { toFunctionVersion } from './function-version.ts';
import { readClientContext } from './invocation-payload.ts';
import type { Lambda } from './lambda.ts';
import {
  arnOf,
  type FunctionRef,
  functionNotFound,
  isVersionNumber,
  LATEST,
  resolveAnyFunction,
} from './names.ts';
import type { VersionRecord } from './store/function-record.ts';

/** Which version an invocation goes to. */
export interface Target {
  ref: FunctionRef;
  record: VersionRecord;
}

interface InvokeInput {
  FunctionName: string | undefined;
  Qualifier?: string | undefined;
}

/**
 * The version that an invocation means; of an alias with weights, the one whose turn it is.
 *
 * @throws ResourceNotFoundException; WireError where the function's policy does not let the caller in
 */
export function findTarget(lambda: Lambda, { FunctionName, Qualifier }: InvokeInput, call: Call): Target {
  const ref = resolveAnyFunction(FunctionName!, Qualifier, call);
  const record = routeQualifier(lambda, ref);
  const missing = () => functionNotFound({ ...ref, qualifier: ref.qualifier ?? LATEST });
  // Others are not told which functions there are.
  if (!record && ref.scope.account === call.account) throw missing();
  lambda.checkInvoker(ref, call);
  if (!record) throw missing();
  return { ref, record };
}

/** As `findTarget`, for a function that is named already. Undefined where it is not there. */
export function routeQualifier(
  { functions, aliases, router }: Lambda,
  ref: FunctionRef,
): VersionRecord | undefined {
  const { qualifier = LATEST } = ref;
  if (qualifier === LATEST || isVersionNumber(qualifier)) return functions.version(ref, qualifier);
  const alias = aliases.get(ref, qualifier);
  return alias && functions.version(ref, router.choose(alias));
}

/** What runs, once the function is no longer Pending. `caller.signal`: it is not waited for any more. */
export function readyVersion(
  lambda: Lambda,
  { ref, record }: Target,
  caller?: Pick<Call, 'signal'>,
): FunctionVersion | Promise<FunctionVersion> {
  const left = record.activeAt - lambda.clock.now();
  if (left <= 0) return toFunctionVersion(lambda, ref, record);
  return lambda.clock.sleep(left, caller?.signal).then(() => toFunctionVersion(lambda, ref, record));
}

/** @throws InvalidRequestContentException for a client context that is none */
export function toInvocation(
  { ref }: Target,
  payload: Uint8Array,
  clientContext: string | undefined,
  call: Pick<Call, 'requestId' | 'traceHeader' | 'signal'>,
  wantsLog = false,
): Invocation {
  return {
    requestId: call.requestId,
    payload,
    invokedFunctionArn: arnOf(ref),
    clientContext: readClientContext(clientContext),
    traceHeader: call.traceHeader,
    wantsLog,
    // Only an invocation that has to wait looks at it.
    get signal() {
      return call.signal;
    },
  };
}

/** A host's refusal as AWS tells it; other errors as they are. */
export function asThrottling(error: unknown): unknown {
  if (!(error instanceof Throttled)) return asServiceError(error);
  return new TooManyRequestsException({
    message: 'Rate Exceeded.',
    Reason: error.reason,
    Type: 'User',
    $metadata: {},
  });
}
