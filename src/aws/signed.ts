import type { IncomingMessage } from 'node:http';

const SIGNATURE = /^AWS4-(HMAC-SHA256|ECDSA-P256-SHA256) /;
const PRESIGNED = /[?&]X-Amz-(Signature|Credential)=/i;
const ACTION = /^\/?\?(?:[^#]*&)?Action=/;

/**
 * Whether a request is signed as AWS's are, in a header or in its query. Loaded at the start, so it knows nothing of the wire.
 *
 * Who signs passes for someone with the right to call, which is why such requests must reach the AWS API and presigned
 * objects, and nothing else.
 */
export function isSigned(req: IncomingMessage): boolean {
  return SIGNATURE.test(req.headers.authorization ?? '') || PRESIGNED.test(req.url!);
}

/** Whether it is an object's URL, `/bucket/key?X-Amz-Credential=…/s3/aws4_request&X-Amz-Signature=…`. */
export function isPresignedObject(req: IncomingMessage): boolean {
  const url = req.url!;
  if (!/[?&]X-Amz-Signature=/.test(url)) return false;
  const scope = /[?&]X-Amz-Credential=([^&]*)/.exec(url)?.[1];
  return scope === undefined || /(%2F|\/)s3(%2F|\/)aws4_request$/i.test(scope);
}

/** Whether a request is for the AWS API. A few operations may be called unsigned, and are known by their form. */
export function isAwsRequest(req: IncomingMessage): boolean {
  const { headers, url, method } = req;
  if (isSigned(req)) return true;
  if (headers['x-amz-target'] !== undefined || headers['smithy-protocol'] !== undefined) return true;
  const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return (method === 'POST' && form && /^\/(\?|$)/.test(url!)) || ACTION.test(url!);
}
