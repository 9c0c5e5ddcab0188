/**
 * What the headers of an event tell, each text as bytes of one line: nothing in it can begin another.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next
 */
export interface EventHead {
  requestId: string;
  /** Milliseconds since 1970. */
  deadline: number;
  functionArn: string;
  traceId: string;
  clientContext?: string;
}

/** What a runtime gets for `next`. */
export interface RuntimeEvent {
  head: EventHead;
  payload: Uint8Array;
}

/** As header lines, which AWS spells so. */
export function eventFields({ requestId, deadline, functionArn, traceId, clientContext }: EventHead): string {
  const context = clientContext === undefined ? '' : `Lambda-Runtime-Client-Context: ${clientContext}\r\n`;
  return (
    `Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ${requestId}\r\n` +
    `Lambda-Runtime-Deadline-Ms: ${deadline}\r\nLambda-Runtime-Invoked-Function-Arn: ${functionArn}\r\n` +
    `Lambda-Runtime-Trace-Id: ${traceId}\r\n${context}`
  );
}
