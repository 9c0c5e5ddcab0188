import { WireError } from '../../aws/errors.ts';
import type { FunctionHost } from '../../execution/function-host.ts';

function missing(): WireError {
  return new WireError('NotImplemented', 501, 'lambdock has nothing here that runs functions');
}

/** Stands where no host is given: functions are kept, and to invoke one is a clear error. */
export const MISSING_HOST: FunctionHost = {
  invoke: () => Promise.reject(missing()),
  invokeStreaming: () => Promise.reject(missing()),
  check: () => Promise.resolve({ unsupported: missing().message }),
  findImage: () => Promise.resolve(undefined),
  retire: () => {},
  setAccountLimit: () => {},
  setReserved: () => {},
  setProvisioned: () => Promise.reject(missing()),
  state: () => ({ environments: 0, busy: 0, byFunction: new Map() }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
