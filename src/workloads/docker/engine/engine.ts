import { Agent as HttpAgent } from 'node:http';
import { inspect } from 'node:util';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import { RealClock } from '../../../clock/real-clock.ts';
import { AnswerWatch } from './answer-watch.ts';
import { askEngine } from './ask-engine.ts';
import type { EngineAddress, EngineEndpoint } from './endpoint.ts';
import type { EngineVersion } from './ping-engine.ts';

export interface EngineInfo {
  /** The engine's own, which outlives its restarts. */
  id: string;
  name: string;
  rootless: boolean;
  /** `x86_64`, `aarch64`. */
  architecture: string;
  cpus: number;
  memoryBytes: number;
  /** Where images and containers take their space. */
  rootFolder: string;
  storageDriver: string;
  cgroupVersion: string | undefined;
}

type Dial = (options: unknown, callback: (error: unknown, result?: unknown) => void) => void;

/** A sign of life takes a millisecond, also while the engine's disk is busy. */
const SILENT_AFTER: Milliseconds = 5_000;

/** An engine that has answered, with the client that all of lambdock speaks to it through. */
export class Engine implements Disposable {
  readonly endpoint: EngineEndpoint;
  readonly version: EngineVersion;
  readonly docker: Docker;
  readonly #agent: HttpAgent;
  readonly #answers: AnswerWatch;

  constructor(
    endpoint: EngineEndpoint,
    version: EngineVersion,
    docker: Docker,
    agent: HttpAgent,
    answers: AnswerWatch,
  ) {
    this.endpoint = endpoint;
    this.version = version;
    this.docker = docker;
    this.#agent = agent;
    this.#answers = answers;
  }

  async info(): Promise<EngineInfo> {
    const info = (await this.docker.info()) as {
      ID: string;
      Name: string;
      SecurityOptions?: string[] | null;
      Architecture: string;
      NCPU: number;
      MemTotal: number;
      DockerRootDir: string;
      Driver: string;
      CgroupVersion?: string;
    };
    return {
      id: info.ID,
      name: info.Name,
      rootless: info.SecurityOptions?.some((option) => option.includes('rootless')) ?? false,
      architecture: info.Architecture,
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
      rootFolder: info.DockerRootDir,
      storageDriver: info.Driver,
      cgroupVersion: info.CgroupVersion,
    };
  }

  /** Closes the connections that wait for a next request. Those in use are their users' to close. */
  [Symbol.dispose](): void {
    this.#answers[Symbol.dispose]();
    this.#agent.destroy();
  }
}

/** A client for an engine found by `locateEngine`. Loads the client library. */
export async function connectEngine(
  endpoint: EngineEndpoint,
  version: EngineVersion,
  clock: Clock = new RealClock(),
): Promise<Engine> {
  const { default: Client } = await import('dockerode');
  const { address } = endpoint;
  const agent = plainlyDescribed(await makeAgent(address));
  const answers = new AnswerWatch({ clock, ask: () => askEngine(address, '/_ping', SILENT_AFTER) });
  const docker = watched(new Client(clientOptions(address, agent)), answers);
  return new Engine(endpoint, version, docker, agent, answers);
}

/** Every call of the library goes through the one method of its `modem`. */
function watched(docker: Docker, answers: AnswerWatch): Docker {
  const modem = docker.modem as { dial: Dial };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => answers.watch((done) => dial(options, done), callback);
  return docker;
}

async function makeAgent(address: EngineAddress): Promise<HttpAgent> {
  if (address.kind === 'socket' || !address.tls) return new HttpAgent({ keepAlive: true });
  const { Agent } = await import('node:https');
  return new Agent({ keepAlive: true, rejectUnauthorized: address.tls.verify });
}

/**
 * The library describes each request it sends, with its agent and all connections that there are, for a log that is off.
 * With a hundred containers, whose output is followed over as many connections, that took most of a second each time.
 */
function plainlyDescribed(agent: HttpAgent): HttpAgent {
  return Object.assign(agent, { [inspect.custom]: () => 'agent' });
}

/** Says everything, also what is not so: the library fills in what is missing from `DOCKER_HOST`. */
function clientOptions(address: EngineAddress, agent: HttpAgent): Docker.DockerOptions {
  const tcp = address.kind === 'tcp' ? address : undefined;
  const options = {
    socketPath: address.kind === 'socket' ? address.path : undefined,
    host: tcp && (tcp.host.includes(':') ? `[${tcp.host}]` : tcp.host),
    port: tcp?.port,
    protocol: tcp?.tls ? 'https' : 'http',
    pathPrefix: '/',
    username: undefined,
    timeout: undefined,
    ca: tcp?.tls?.ca,
    cert: tcp?.tls?.cert,
    key: tcp?.tls?.key,
    agent,
  };
  // Its types allow no undefined, which is what keeps the variables out.
  return options as unknown as Docker.DockerOptions;
}
