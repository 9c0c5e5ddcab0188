import type Docker from 'dockerode';
import type { WorkloadTemplate } from '../workload.ts';
import { DAEMON_LABEL, digest, NONCE_LABEL, ROLE_LABEL, RUNTIME_LABEL, SPEC_LABEL } from './labels.ts';
import { AGENT_PORT, SERVER_PORTS } from './reach.ts';

/** What all containers of a daemon have in common. */
export interface ContainerDefaults {
  daemonId: string;
  /** CPUs a container may use; 0 for all. */
  cpuLimit: number;
  /** Processes and threads a container may have. */
  pidsLimit: number;
}

export interface ContainerIdentity {
  nonce: string;
  token: string;
  network: string;
  publish: boolean;
}

/** A volume of the daemon's, made with the first container that has it. */
function cacheVolume(daemonId: string, folder: string, name: string): Docker.MountSettings {
  return {
    Type: 'volume',
    Source: `lambdock-${daemonId}-${name}`,
    Target: folder,
    VolumeOptions: {
      NoCopy: false,
      Labels: { [DAEMON_LABEL]: daemonId },
      DriverConfig: { Name: 'local', Options: {} },
    },
  };
}

/** What the agent and a server process in reserve need besides the function. */
const OVERHEAD_BYTES = 96 * 2 ** 20;
const MB = 2 ** 20;

/** A folder in memory for any user. Some versions of runc give it the mode of what it covers, which our images see to. */
const SCRATCH = 'rw,exec,nosuid,nodev,mode=1777';

/** Tells containers apart that can't serve for each other. */
export function specOf(template: WorkloadTemplate, defaults: ContainerDefaults): string {
  const { command, cwd, env, memoryLimitMb, container } = template;
  const { image, readOnly, mounts, caches, user } = container!;
  const { cpuLimit, pidsLimit } = defaults;
  return digest([
    command,
    cwd,
    env,
    memoryLimitMb,
    image,
    readOnly,
    mounts,
    caches,
    user,
    cpuLimit,
    pidsLimit,
  ]);
}

/**
 * What to create for a template: nothing can be written to but memory, no capability is left, nothing listens
 * outside 127.0.0.1.
 */
export function containerOptions(
  template: WorkloadTemplate,
  defaults: ContainerDefaults,
  { nonce, token, network, publish }: ContainerIdentity,
): Docker.ContainerCreateOptions {
  const { command, cwd, env, memoryLimitMb, container } = template;
  const { image, label, readOnly, mounts, caches = {}, user } = container!;
  const { daemonId, cpuLimit, pidsLimit } = defaults;
  const ports = publish ? [AGENT_PORT, ...SERVER_PORTS] : [];
  const memory = memoryLimitMb === undefined ? 0 : memoryLimitMb * MB + OVERHEAD_BYTES;
  return {
    name: `lambdock-${label.replace(/\W+/g, '-')}-${nonce.slice(0, 8)}`,
    Image: image,
    Entrypoint: [],
    Cmd: [...command],
    WorkingDir: cwd,
    User: user,
    Env: [
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      `LAMBDOCK_AGENT_TOKEN=${token}`,
      'LAMBDOCK_AGENT_SPARE=1',
      ...(publish ? [`LAMBDOCK_AGENT_PORTS=${SERVER_PORTS[0]}-${SERVER_PORTS.at(-1)}`] : []),
    ],
    Labels: {
      [DAEMON_LABEL]: daemonId,
      [ROLE_LABEL]: 'function',
      [RUNTIME_LABEL]: label,
      [SPEC_LABEL]: specOf(template, defaults),
      [NONCE_LABEL]: nonce,
    },
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      Init: true,
      NetworkMode: network,
      ReadonlyRootfs: readOnly,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: pidsLimit,
      ...(memory > 0 ? { Memory: memory, MemorySwap: memory } : {}),
      ...(cpuLimit > 0 ? { NanoCpus: Math.round(cpuLimit * 1e9) } : {}),
      Tmpfs: { '/tmp': SCRATCH, '/function': SCRATCH },
      Mounts: [
        ...mounts.map((path) => ({ Type: 'bind' as const, Source: path, Target: path, ReadOnly: true })),
        ...Object.entries(caches).map(([folder, name]) => cacheVolume(daemonId, folder, name)),
      ],
      PortBindings: Object.fromEntries(
        ports.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
      ),
      ExtraHosts: ['host.docker.internal:host-gateway'],
      // The newest output is enough, as in the daemon's own buffer; without a bound it fills the disk.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
    },
  };
}
