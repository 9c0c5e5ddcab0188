import { type SourceError, SourceFailure } from '../../execution/source.ts';

/** An error of Docker's API as dockerode throws it. */
interface ApiError extends Error {
  statusCode?: number;
  code?: string;
  json?: { message?: string };
}

export function isNotFound(error: unknown): boolean {
  return (error as ApiError).statusCode === 404;
}

/** Someone else did the same at the same time, as removing a container. */
export function isConflict(error: unknown): boolean {
  return (error as ApiError).statusCode === 409;
}

/** The network that a container was to be on is gone. */
export function isMissingNetwork(error: unknown): boolean {
  return isNotFound(error) && /network .*not found/i.test((error as Error).message);
}

/** Why a container did not start, with what to do about it. */
export function explainStart(error: unknown): SourceError {
  if (error instanceof SourceFailure) return error.detail;
  const { message = String(error), json, code } = error as ApiError;
  const why = (json?.message ?? message).trim();
  return { kind: 'setup', message: `the container did not start: ${why}${advice(why, code)}` };
}

function advice(why: string, code: string | undefined): string {
  if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET')
    return '. Docker does not answer: start it, and the function comes back by itself';
  if (/no space left on device/i.test(why))
    return '. Docker’s disk is full: `docker system df` shows what fills it, `lambdock images prune` removes old images of ours';
  if (/non-overlapping IPv4|address pool/i.test(why))
    return '. Docker has no address left for another network: `docker network prune` removes those that nothing uses';
  if (/no such image/i.test(why)) return '. It was removed; the next request builds it again';
  if (/mounts denied|not shared|file sharing/i.test(why))
    return '. Share the folder with Docker: Settings → Resources → File sharing';
  return '';
}
