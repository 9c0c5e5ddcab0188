import type { IncomingHttpHeaders } from 'node:http';

/** What an Invoke asks for that has nothing in its query and no unusual header. */
export interface PlainInvoke {
  FunctionName: string;
  LogType: string | undefined;
  Payload: Uint8Array;
}

/** By its name alone: what else stands for a function has escapes, or a qualifier. */
const PATH = /^\/2015-03-31\/functions\/([\w-]{1,64})\/invocations$/;
const SIGNED_FOR_LAMBDA = /^AWS4-HMAC-SHA256 (?:.*[ ,])?Credential=[^,\s]+\/lambda\/aws4_request(?:[,\s]|$)/;

/**
 * Whether a POST is an Invoke that need not be read as the schemas say, be it because it is to be refused. Loaded at the start,
 * so it knows nothing of the wire.
 */
export function isPlainInvoke(path: string, headers: IncomingHttpHeaders): boolean {
  const type = headers['x-amz-invocation-type'];
  const log = headers['x-amz-log-type'];
  return (
    PATH.test(path) &&
    SIGNED_FOR_LAMBDA.test(headers.authorization ?? '') &&
    (type === undefined || type === 'RequestResponse') &&
    (log === undefined || log === 'None' || log === 'Tail')
  );
}

/** Its input. Call it only for a plain one. */
export function readPlainInvoke(path: string, headers: IncomingHttpHeaders, body: Uint8Array): PlainInvoke {
  const log = headers['x-amz-log-type'];
  return { FunctionName: PATH.exec(path)![1]!, LogType: log as string | undefined, Payload: body };
}
