import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import type { SiteDriver } from '../execution/environments/site.ts';
import type { ContainerContext } from '../execution/runtimes/container/context.ts';
import type { ProgressListener } from '../execution/runtimes/context.ts';
import { readDefinitions } from '../execution/runtimes/definition.ts';
import type { PackageInfo } from '../package-info.ts';
import type { SettingsTable } from '../storage/sqlite/settings-table.ts';
import { DockerDriver } from '../workloads/docker/docker-driver.ts';
import { readDockerConfig } from '../workloads/docker/engine/docker-config.ts';
import { addressText } from '../workloads/docker/engine/endpoint.ts';
import type { Engine } from '../workloads/docker/engine/engine.ts';
import { baseImage, withTag } from '../workloads/docker/images/base-image.ts';
import { RuntimeImages } from '../workloads/docker/images/runtime-images.ts';
import type { ContainerSitesInput } from '../workloads/docker/lambda/open-container-sites.ts';
import { FunctionNetwork } from '../workloads/docker/network.ts';
import type { CodeRoutes } from '../workloads/docker/reach.ts';
import { runToolContainer } from '../workloads/docker/run-tool.ts';
import { type Config, type Environment, processEnvironment } from './config.ts';
import { daemonId, remembered } from './remembered.ts';
import type { Shutdown } from './shutdown.ts';

export interface ContainerBackendOptions {
  engine: Engine;
  config: Config;
  clock: Clock;
  settings: SettingsTable;
  package: PackageInfo;
  routes: CodeRoutes;
  onProgress: ProgressListener;
  onNotice(message: string): void;
}

/** Runs Lambda's functions in containers. */
export interface LambdaContainers {
  open(
    parts: Pick<ContainerSitesInput, 'code' | 'sdks' | 'runtimesDirectory' | 'endpointUrl' | 'canListen'>,
  ): Promise<SiteDriver | undefined>;
}

const NO_SHARED_FILES =
  'Lambda functions run as processes: the engine does not see the files of where lambdock runs, which is in a container or on another machine';

const AGENT_SECRET = 'agent-secret';
/** What containers get without being asked: without these, nothing gets out of some networks. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** All that runs functions in containers, on one engine. */
export function openContainerBackend(options: ContainerBackendOptions, shutdown: Shutdown) {
  const { engine, config, clock, settings, routes, onProgress, onNotice } = options;
  const { docker } = shutdown.own(engine);
  const id = daemonId(settings);
  const { auths } = readDockerConfig(processEnvironment(), homedir());
  const images = shutdown.own(
    new RuntimeImages({
      engine,
      clock,
      auths,
      serverDirectory: join(options.package.root, 'dist', 'runtimes'),
      baseImages: config.baseImages,
      onProgress,
    }),
  );
  const network = new FunctionNetwork(docker, id);
  const driver = shutdown.own(
    new DockerDriver({
      docker,
      network,
      engine: describeEngine(engine),
      clock,
      daemonId: id,
      secret: remembered(settings, AGENT_SECRET, () => randomBytes(30).toString('base64url')),
      cpuLimit: config.cpuLimit,
      pidsLimit: config.pidsLimit,
      standby: config.standby,
      keepVolumes: !config.ephemeral,
      routes,
      onNotice,
    }),
  );
  const { rootless } = engine.version;
  const containers: ContainerContext = {
    // Each time, which takes some milliseconds: someone may have removed it.
    image: (definition, signal) => images.ensure(definition, signal),
    runTool: (tool) => runToolContainer({ docker, daemonId: id, rootless }, tool),
    env: containerEnvironment(processEnvironment(), config.containerEnv),
    startTimeout: config.startTimeout,
    ...(config.memoryLimit > 0 ? { memoryLimitMb: Math.round(config.memoryLimit / 2 ** 20) } : {}),
    cacheDirectory: config.cacheDir,
    onProgress,
    rootless,
  };
  const lambda: LambdaContainers = {
    open: async (parts) => {
      const { openContainerSites } = await import('../workloads/docker/lambda/open-container-sites.ts');
      const { lambdaImages: images, lambdaImagePrefix: prefix, cpuLimit, pidsLimit } = config;
      const limits = { daemonId: id, cpuLimit, pidsLimit };
      const sites = await openContainerSites({
        ...parts,
        engine,
        clock,
        network,
        limits,
        images,
        prefix,
        bases: basesOf(join(options.package.root, 'runtimes'), config.baseImages),
        auths,
        onProgress,
      });
      if (!sites) onNotice(NO_SHARED_FILES);
      return sites;
    },
  };
  return { driver, containers, lambda };
}

/** What each runtime's image is built on. */
function basesOf(directory: string, choices: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    readDefinitions(directory).map(({ runtime, directory: folder }) => {
      const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
      return [runtime, withTag(baseImage(runtime, dockerfile, choices))];
    }),
  );
}

function describeEngine({ version, endpoint }: Engine): string {
  return `${version.podman ? 'Podman' : 'Docker'} ${version.version} at ${addressText(endpoint.address)}`;
}

function containerEnvironment(env: Environment, names: readonly string[]): Record<string, string> {
  const given = [...PROXIES, ...names].map((name) => [name, env[name]] as const);
  return Object.fromEntries(given.filter((one): one is [string, string] => one[1] !== undefined));
}
