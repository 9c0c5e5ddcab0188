import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config, Environment } from '../../daemon/config.ts';
import { readDefinitions } from '../../execution/runtimes/definition.ts';
import { packageInfo } from '../../package-info.ts';
import { readDockerConfig } from '../../workloads/docker/engine/docker-config.ts';
import { addressText } from '../../workloads/docker/engine/endpoint.ts';
import { EngineUnavailable } from '../../workloads/docker/engine/engine-unavailable.ts';
import { locateEngine } from '../../workloads/docker/engine/locate-engine.ts';
import { imagesAvailable } from '../../workloads/docker/images/availability.ts';
import type { CheckResult } from './check.ts';

const name = 'Docker';

/** Whether functions can run in containers. With `--driver auto` they run as processes where they can't. */
export async function checkDocker(
  { driver, baseImages }: Pick<Config, 'driver' | 'baseImages'>,
  env: Environment,
  home = homedir(),
): Promise<CheckResult> {
  if (driver === 'process') return { name, state: 'ok', detail: 'not used, as the driver is process' };
  const without = driver === 'auto' ? 'warning' : 'missing';
  try {
    const found = await locateEngine(env, home);
    const { version, podman } = found.version;
    const engine = `${podman ? 'Podman ' : ''}${version} at ${addressText(found.endpoint.address)}`;
    const { root } = packageInfo();
    const images = await imagesAvailable(found, readDefinitions(join(root, 'runtimes')), {
      serverDirectory: join(root, 'dist', 'runtimes'),
      auths: readDockerConfig(env, home).auths,
      baseImages,
    });
    if (images.usable) return { name, state: 'ok', detail: engine };
    return {
      name,
      state: without,
      detail: `${engine}, but ${images.why}`,
      advice:
        'name base images that are here: --base-images <image>, or node=<image>,python=<image>,golang=<image>',
    };
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    return { name, state: without, detail: error.message, advice: error.ways.join('; or ') };
  }
}
