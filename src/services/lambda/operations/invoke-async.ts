import type { InvokeAsyncCommandInput, InvokeAsyncCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { readPayload } from '../invocation-payload.ts';
import { findTarget } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';

/**
 * Deprecated for Invoke with the type Event, and the same.
 * https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html
 */
export function invokeAsync(lambda: Lambda): Operation<InvokeAsyncCommandInput, InvokeAsyncCommandOutput> {
  return ({ FunctionName, InvokeArgs }, call) => {
    const { ref } = findTarget(lambda, { FunctionName }, call);
    const payload = readPayload(InvokeArgs as Uint8Array | undefined, 'Event');
    const { requestId, traceHeader } = call;
    lambda.queue.enqueue({ ...ref, requestId, payload, clientContext: undefined, traceHeader });
    return { Status: 202 };
  };
}
