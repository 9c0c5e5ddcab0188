import { join } from 'node:path';
import type { Environment } from '../../../daemon/config.ts';
import { type DockerConfig, readDockerConfig } from './docker-config.ts';
import { readCertificates, readContext } from './docker-context.ts';
import { parseHost } from './docker-host.ts';
import type { EngineEndpoint, EngineTls } from './endpoint.ts';

const DEFAULT_SOCKET = '/var/run/docker.sock';
const DEFAULT_PIPE = '//./pipe/docker_engine';

/**
 * Where a Docker engine may be, in the order in which Docker's own command looks: `DOCKER_HOST`, `DOCKER_CONTEXT`, the
 * context in use, and then the places where engines usually are. What the user named is the only candidate, whether it
 * answers or not. Throws EngineUnavailable when that can't be understood.
 *
 * https://docs.docker.com/engine/manage-resources/contexts/ and
 * https://docs.docker.com/reference/cli/docker/#environment-variables
 */
export function findEngine(
  env: Environment,
  home: string,
  platform: NodeJS.Platform = process.platform,
): EngineEndpoint[] {
  const defaultPath = platform === 'win32' ? DEFAULT_PIPE : DEFAULT_SOCKET;
  const config = readDockerConfig(env, home);
  if (env.DOCKER_HOST) {
    const tls = (https: boolean) => tlsOf(env, config, https);
    const address = parseHost({ value: env.DOCKER_HOST, said: 'DOCKER_HOST', defaultPath, tls });
    return [{ address, source: { kind: 'variable' } }];
  }
  const context = env.DOCKER_CONTEXT || config.currentContext;
  if (context !== undefined && context !== 'default')
    return [readContext(context, config.folder, defaultPath)];
  return usualPaths(env, home, platform).map((path) => ({
    address: { kind: 'socket', path },
    source: { kind: 'usual' },
  }));
}

/** Docker's own place first, then those of rootless Docker, Docker Desktop, Colima and Podman. */
function usualPaths(env: Environment, home: string, platform: NodeJS.Platform): string[] {
  if (platform === 'win32') return [DEFAULT_PIPE];
  const runtime = env.XDG_RUNTIME_DIR;
  return [
    DEFAULT_SOCKET,
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    join(home, '.colima', 'default', 'docker.sock'),
    ...(runtime ? [join(runtime, 'podman', 'podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
}

/** `DOCKER_TLS_VERIFY` counts whatever it holds, as with Docker; a folder of certificates alone means not to check. */
function tlsOf(env: Environment, config: DockerConfig, https: boolean): EngineTls | undefined {
  const verify = Boolean(env.DOCKER_TLS_VERIFY);
  if (!verify && !env.DOCKER_TLS && !env.DOCKER_CERT_PATH && !https) return undefined;
  return readCertificates(env.DOCKER_CERT_PATH || config.folder, verify || (https && !env.DOCKER_TLS));
}
