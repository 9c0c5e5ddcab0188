import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StreamedOutcome } from '../../../execution/function-host.ts';
import { PRELUDE_TYPE, readPrelude } from './prelude.ts';
import { streamedHead, UnusableAnswer, type UrlHead, USUAL_STREAM_TYPE } from './url-answer.ts';

/** An error of the URL itself, in the form that AWS's front gives it. */
export function sendFailure(res: ServerResponse, status: number, type: string, message: string | null): void {
  res.req.resume();
  const body = JSON.stringify({ Message: message });
  res
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-amzn-errortype': type,
    })
    .end(body);
}

/** Where the URL has a CORS configuration, it and not the function says who may read the answer. */
export function sendHead(
  res: ServerResponse,
  { status, headers, cookies }: UrlHead,
  cors: Record<string, string> | undefined,
  length?: number,
): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!(cors && name.startsWith('access-control-'))) res.setHeader(name, value);
  }
  for (const [name, value] of Object.entries(cors ?? {})) res.setHeader(name, value);
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  if (length !== undefined && status !== 204 && status !== 304) res.setHeader('content-length', length);
  res.writeHead(status);
}

/**
 * Passes an answer on as the function writes it. What breaks off is cut off, so that it does not look complete.
 *
 * @throws UnusableAnswer where nothing was sent yet
 */
export async function sendStream(
  res: ServerResponse,
  outcome: StreamedOutcome,
  cors: Record<string, string> | undefined,
): Promise<void> {
  const { body, end } = outcome;
  res.once('close', () => body.destroy());
  try {
    const { head, first } = await readHead(outcome);
    sendHead(res, head, cors);
    if (first.length > 0) res.write(first);
    await pipeline(body, res, { end: false });
  } catch (error) {
    body.destroy();
    if (error instanceof UnusableAnswer) throw error;
    res.destroy();
    return;
  }
  const { errorCode } = await end;
  if (errorCode === undefined) res.end();
  else res.destroy();
}

async function readHead({
  body,
  contentType,
  end,
}: StreamedOutcome): Promise<{ head: UrlHead; first: Buffer }> {
  if (contentType.startsWith(PRELUDE_TYPE)) {
    const { prelude, rest } = await readPrelude(body);
    if (!prelude) throw new UnusableAnswer('The stream has no prelude');
    return { head: streamedHead(prelude), first: rest };
  }
  const first = await firstChunk(body);
  if (first.length === 0 && (await end).errorCode !== undefined) {
    throw new UnusableAnswer('The function failed before it wrote anything');
  }
  const headers = { 'content-type': contentType || USUAL_STREAM_TYPE };
  return { head: { status: 200, headers, cookies: [] }, first };
}

async function firstChunk(body: StreamedOutcome['body']): Promise<Buffer> {
  for await (const chunk of body.iterator({ destroyOnReturn: false }))
    return Buffer.from(chunk as Uint8Array);
  return Buffer.alloc(0);
}
