import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { InvalidObjectName, ObjectStoreUnavailable } from '../storage/errors.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import type { Presigner } from '../storage/objects/presign.ts';
import { sendJson } from '../support/json-response.ts';
import { AWAY } from './failure-answer.ts';

/** `GET /{bucket}/{key}?X-Amz-Signature=…`: the way in which a runtime container fetches its code, without credentials. */
export async function sendPresignedObject(
  objects: ObjectStore,
  presigner: Presigner,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const verified = presigner.verify({ method: req.method!, host: req.headers.host ?? '', url: req.url! });
  if (!verified.valid) return sendJson(res, 403, { error: verified.message });
  const object = await find(objects, verified);
  if (object instanceof ObjectStoreUnavailable) return sendJson(res, 503, { error: object.message }, AWAY);
  if (!object) return sendJson(res, 404, { error: `no object ${verified.key} in bucket ${verified.bucket}` });
  res.writeHead(200, {
    'content-type': object.contentType,
    'content-length': object.size,
    'last-modified': new Date(object.modified).toUTCString(),
    'x-amz-checksum-sha256': Buffer.from(object.sha256, 'hex').toString('base64'),
  });
  try {
    await pipeline(object.body, res);
  } catch {
    res.destroy(); // the client went away, or the object is damaged: either way it must not look complete
  }
}

/** A name that no object can have is the name of none. While the store is away, why. */
async function find(objects: ObjectStore, { bucket, key }: { bucket: string; key: string }) {
  try {
    return await objects.get(bucket, key);
  } catch (error) {
    if (error instanceof InvalidObjectName) return undefined;
    if (error instanceof ObjectStoreUnavailable) return error;
    throw error;
  }
}
