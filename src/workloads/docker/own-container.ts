import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type Docker from 'dockerode';

/** A container that lambdock itself runs in. */
export interface OwnContainer {
  id: string;
}

/** The container that this process runs in, if it does and the engine knows it. */
export async function findOwnContainer(docker: Docker): Promise<OwnContainer | undefined> {
  if (!existsSync('/.dockerenv') && !existsSync('/run/.containerenv')) return undefined;
  for (const name of [mountedId(), hostname()]) {
    if (name === undefined) continue;
    try {
      const { Id: id } = await docker.getContainer(name).inspect();
      return { id };
    } catch {
      // Another engine's container, or a host name that someone chose: the next way may tell.
    }
  }
  return undefined;
}

/** Engines mount a container's host name file from a folder that is named after the container. */
function mountedId(): string | undefined {
  try {
    return /\/containers\/([0-9a-f]{64})\//.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
