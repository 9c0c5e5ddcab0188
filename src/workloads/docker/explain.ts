import { type SourceError, SourceFailure } from '../../execution/source.ts';
import { EngineSilent } from './engine/ask-engine.ts';
import { engineMessage, isNotFound, isUnavailable } from './engine/engine-errors.ts';

/** The network that a container was to be on is gone. */
export function isMissingNetwork(error: unknown): boolean {
  return isNotFound(error) && /network .*not found/i.test(engineMessage(error));
}

/**
 * The engine could not connect a container to its network. Under load an engine takes an address or a name for taken that is not
 * any more; another try goes well.
 */
export function isNetworkTrouble(error: unknown): boolean {
  return (
    isMissingNetwork(error) ||
    /endpoint|network sandbox|address already in use|bridge port|veth/i.test(engineMessage(error))
  );
}

/** The image that a container was to be made from is gone. */
export function isMissingImage(error: unknown): boolean {
  return isNotFound(error) && /no such image/i.test(engineMessage(error));
}

/** Why a container did not start, with what to do about it. */
export function explainStart(error: unknown): SourceError {
  if (error instanceof SourceFailure) return error.detail;
  const why = engineMessage(error);
  return { kind: 'setup', message: `the container did not start: ${why}${advice(error, why)}` };
}

function advice(error: unknown, why: string): string {
  if (isUnavailable(error)) {
    const help = error instanceof EngineSilent ? 'restart' : 'start';
    return `. Docker does not answer: ${help} it, and the function comes back by itself`;
  }
  if (/no space left on device/i.test(why))
    return '. Docker’s disk is full: `docker system df` shows what fills it, `lambdock images prune` removes old images of ours';
  if (/non-overlapping IPv4|address pool/i.test(why))
    return '. Docker has no address left for another network: `docker network prune` removes those that nothing uses';
  if (/container-init binary not found/i.test(why))
    return '. Podman lacks the first process of containers: install the package catatonit';
  if (/no such image/i.test(why)) return '. It was removed; the next request builds it again';
  if (/mounts denied|not shared|file sharing/i.test(why))
    return '. Share the folder with Docker: Settings → Resources → File sharing';
  return '';
}
