import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../../daemon/config.ts';
import { EngineUnavailable, WITHOUT_DOCKER } from './engine-unavailable.ts';

/** What is read of the file that `docker login` and `docker context use` write. */
export interface DockerConfig {
  /** Folder of the file; contexts and certificates lie in it, too. */
  folder: string;
  currentContext: string | undefined;
  /** By registry, as written there. */
  auths: Readonly<Record<string, { auth?: string; identitytoken?: string }>>;
}

/** Reads `config.json` in `DOCKER_CONFIG` or `~/.docker`. Throws EngineUnavailable when it is there but can't be used. */
export function readDockerConfig(env: Environment, home: string): DockerConfig {
  const folder = env.DOCKER_CONFIG || join(home, '.docker');
  const path = join(folder, 'config.json');
  const content = readIfThere(path);
  const parsed = content === undefined ? {} : parseObject(path, content.toString('utf8'));
  const { currentContext, auths } = parsed;
  return {
    folder,
    currentContext: typeof currentContext === 'string' && currentContext !== '' ? currentContext : undefined,
    auths: typeof auths === 'object' && auths !== null ? (auths as DockerConfig['auths']) : {},
  };
}

/** A file of Docker's, or undefined where there is none. Throws EngineUnavailable when it can't be read. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new EngineUnavailable(
      `Docker's file ${path} can't be read (${code})`,
      ['let this user read it', WITHOUT_DOCKER],
      error,
    );
  }
}

/** The JSON object in a file of Docker's. */
export function parseObject(path: string, content: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // told below, as any other content that is no object
  }
  throw new EngineUnavailable(`Docker's file ${path} is no valid JSON object`, ['mend it', WITHOUT_DOCKER]);
}
