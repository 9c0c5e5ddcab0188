import type { Invocation } from '../function-host.ts';

/** Header lines of an event, as AWS spells them, for the runtime's `next`. */
export function eventFields(invocation: Invocation, traceId: string, deadline: number): string {
  const { requestId, invokedFunctionArn, clientContext } = invocation;
  const context =
    clientContext === undefined ? '' : `Lambda-Runtime-Client-Context: ${fieldValue(clientContext)}\r\n`;
  return (
    `Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ${requestId}\r\n` +
    `Lambda-Runtime-Deadline-Ms: ${deadline}\r\nLambda-Runtime-Invoked-Function-Arn: ${invokedFunctionArn}\r\n` +
    `Lambda-Runtime-Trace-Id: ${fieldValue(traceId)}\r\n${context}`
  );
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

/** A caller's text as bytes of one header line: nothing in it can begin another line. */
function fieldValue(text: string): string {
  const plain = /^[\x20-\x7e]*$/.test(text);
  return plain ? text : Buffer.from(text.replace(/[\r\n\0]+/g, ' ')).toString('latin1');
}
