import type { IncomingHttpHeaders } from 'node:http';

/** What an Invoke asks for that has nothing in its query and no unusual header. */
export interface PlainInvoke {
  FunctionName: string;
  LogType?: 'None' | 'Tail';
  Payload: Uint8Array;
}

/** By its name alone: what else stands for a function has escapes, or a qualifier. */
const PATH = /^\/2015-03-31\/functions\/([\w-]{1,64})\/invocations$/;
const SIGNED_FOR_LAMBDA = /^AWS4-HMAC-SHA256 (?:.*[ ,])?Credential=[^,\s]+\/lambda\/aws4_request(?:[,\s]|$)/;

/** Whether a POST to this path invokes a function. Loaded at the start, so it knows nothing of the wire. */
export function isInvokePath(path: string): boolean {
  return PATH.test(path);
}

/** Undefined for what has to be read as the schemas say, be it because it is to be refused. */
export function readPlainInvoke(
  path: string,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): PlainInvoke | undefined {
  const name = PATH.exec(path)?.[1];
  if (name === undefined || !SIGNED_FOR_LAMBDA.test(headers.authorization ?? '')) return undefined;
  const type = headers['x-amz-invocation-type'];
  const log = headers['x-amz-log-type'];
  if (type !== undefined && type !== 'RequestResponse') return undefined;
  if (log !== undefined && log !== 'None' && log !== 'Tail') return undefined;
  return { FunctionName: name, Payload: body, ...(log === undefined ? {} : { LogType: log }) };
}
