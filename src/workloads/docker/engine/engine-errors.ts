import { EngineSilent } from './ask-engine.ts';

/** An answer of the engine that is no success, as the client library throws it. */
export function statusOf(error: unknown): number | undefined {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** What was named is not there, or no more. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The name is taken, the thing is in use, or it is just being removed. */
export function isConflict(error: unknown): boolean {
  return statusOf(error) === 409;
}

const BROKEN = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** No answer came: the engine is stopping, restarting or gone. */
export function isUnavailable(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return statusOf(error) === undefined && typeof code === 'string' && BROKEN.has(code);
}

/** As short as it can be told: the code of a connection that broke, or that no answer came. */
export function unavailableReason(error: unknown): string {
  if (error instanceof EngineSilent) return error.message;
  return String((error as { code?: unknown }).code);
}

/** What the engine says is wrong, without the client library's prefix. */
export function engineMessage(error: unknown): string {
  const { json, message } = (error ?? {}) as {
    json?: { message?: unknown; cause?: unknown };
    message?: unknown;
  };
  if (typeof json?.message === 'string') return json.message.trim();
  const text = typeof message === 'string' ? message : String(error);
  return text.replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}
