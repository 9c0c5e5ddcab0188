import type { Readable } from 'node:stream';
import type { InvokeAsyncCommandInput, InvokeAsyncCommandOutput } from '@aws-sdk/client-lambda';
import type { Operation } from '../../../aws/service.ts';
import { startDurable } from '../durable/durable-invoke.ts';
import { readPayload } from '../invocation-payload.ts';
import { findTarget } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';

/** Bytes after which no more is kept: too many in any case. */
const ENOUGH = 2_097_152;

/**
 * Deprecated for Invoke with the type Event, and the same.
 * https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html
 */
export function invokeAsync(lambda: Lambda): Operation<InvokeAsyncCommandInput, InvokeAsyncCommandOutput> {
  return async ({ FunctionName, InvokeArgs }, call) => {
    const target = findTarget(lambda, { FunctionName }, call);
    const payload = readPayload(await collect(InvokeArgs as Readable | Uint8Array | undefined), 'Event');
    const { requestId, traceHeader } = call;
    const { ref, record } = target;
    if (record.settings.DurableConfig) {
      startDurable(lambda.durable, target, payload, { requestId, traceHeader, isEvent: true });
      return { Status: 202 };
    }
    lambda.queue.enqueue({ ...ref, requestId, payload, clientContext: undefined, traceHeader });
    return { Status: 202 };
  };
}

/** The model has it that the arguments are a stream. */
async function collect(args: Readable | Uint8Array | undefined): Promise<Uint8Array | undefined> {
  if (args === undefined || args instanceof Uint8Array) return args;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of args) {
    length += (chunk as Buffer).length;
    if (length <= ENOUGH) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
