import type { Invocation } from '../function-host.ts';
import type { EventHead } from '../runtime-api/runtime-event.ts';

/** What a runtime is told of an invocation. `deadline` in milliseconds since 1970. */
export function eventHead(invocation: Invocation, traceId: string, deadline: number): EventHead {
  const { requestId, invokedFunctionArn, clientContext } = invocation;
  const head: EventHead = {
    requestId,
    deadline,
    functionArn: invokedFunctionArn,
    traceId: asLine(traceId),
  };
  if (clientContext !== undefined) head.clientContext = asLine(clientContext);
  return head;
}

/** The event of an invocation for extensions. */
export function extensionEvent(invocation: Invocation, traceId: string, deadline: number): object {
  const { requestId, invokedFunctionArn } = invocation;
  return {
    deadlineMs: deadline,
    requestId,
    invokedFunctionArn,
    tracing: { type: 'X-Amzn-Trace-Id', value: traceId },
  };
}

/** A caller's text as bytes of one line. */
function asLine(text: string): string {
  const plain = /^[\x20-\x7e]*$/.test(text);
  return plain ? text : Buffer.from(text.replace(/[\r\n\0]+/g, ' ')).toString('latin1');
}
