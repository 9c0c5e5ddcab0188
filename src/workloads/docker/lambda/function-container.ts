import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { DAEMON_LABEL, LAMBDA_ROLE, ROLE_LABEL, RUNTIME_LABEL } from '../labels.ts';

/** Whom AWS runs functions as, who is neither root nor anyone whom an image knows. */
export const FUNCTION_USER = '993:990';

export interface FunctionContainer {
  /** `sha256:…`, or a name. */
  image: string;
  functionName: string;
  command: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  memoryMb: number;
  mounts: readonly Docker.MountSettings[];
  /** Name or id. */
  network: string;
}

export interface ContainerLimits {
  daemonId: string;
  /** CPUs a container may use; 0 for all. */
  cpuLimit: number;
  /** Processes and threads a container may have. */
  pidsLimit: number;
}

const MB = 2 ** 20;

/**
 * What to create for an execution environment: nothing can be written to but /tmp, no capability is left, nothing listens outside.
 * /tmp is a volume and no memory, which would count against the function's.
 */
export function functionContainer(
  { image, functionName, command, cwd, env, memoryMb, mounts, network }: FunctionContainer,
  { daemonId, cpuLimit, pidsLimit }: ContainerLimits,
): Docker.ContainerCreateOptions {
  return {
    name: `lambdock-lambda-${functionName}-${randomUUID().slice(0, 8)}`,
    Image: image,
    // All of it: with an entry point of ours, what the image has for arguments does not count.
    Entrypoint: [...command],
    Cmd: [],
    WorkingDir: cwd,
    User: FUNCTION_USER,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { [DAEMON_LABEL]: daemonId, [ROLE_LABEL]: LAMBDA_ROLE, [RUNTIME_LABEL]: functionName },
    HostConfig: {
      Init: true,
      NetworkMode: network,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: pidsLimit,
      Memory: memoryMb * MB,
      MemorySwap: memoryMb * MB,
      ...(cpuLimit > 0 ? { NanoCpus: Math.round(cpuLimit * 1e9) } : {}),
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      Mounts: [temporaryFolder(daemonId), ...mounts],
      ExtraHosts: ['host.docker.internal:host-gateway'],
      // We read it as it is written, and keep it ourselves.
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}

/** A folder of this machine that a container sees and can't change. */
export function readOnly(source: string, target: string): Docker.MountSettings {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: true };
}

/** Without a name, so that it goes with its container; it takes over what the image's own /tmp lets everyone do. */
function temporaryFolder(daemonId: string): Docker.MountSettings {
  return {
    Type: 'volume',
    Source: '',
    Target: '/tmp',
    VolumeOptions: {
      NoCopy: false,
      Labels: { [DAEMON_LABEL]: daemonId },
      DriverConfig: { Name: 'local', Options: {} },
    },
  };
}
