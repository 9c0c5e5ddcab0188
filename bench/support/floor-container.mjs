import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { docker } from './docker.mjs';
import { answers } from './servers.mjs';

const run = promisify(execFile);

/** The port that every image serves its function on. */
const PORT = 8080;
const START_TIMEOUT = 120_000;
/** Often enough, and not so often that asking slows the start down. */
const ASK_EVERY = 4;

/**
 * What a container of the same image costs without lambdock: the image's own command fetches the code and serves it. It
 * has the network, the user and the limits of the container that lambdock made, and the file systems in memory, except one
 * that would hide a folder of the image's which its command needs.
 */
export class FloorContainers {
  #like;
  #network;
  #codeUrl;

  /**
   * @param {import('./scope.mjs').Scope} scope
   * @param {import('dockerode').ContainerInspectInfo} like
   * @param {string} code
   */
  static async open(scope, like, code) {
    const network = await docker.getNetwork(like.HostConfig.NetworkMode ?? '').inspect();
    const gateway = network.IPAM.Config[0].Gateway;
    const server = createServer((_req, res) => res.end(code)).listen(0, gateway);
    await once(server, 'listening');
    scope.defer(() => {
      server.closeAllConnections();
      return server.close();
    });
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return new FloorContainers(like, network.Name, `http://${gateway}:${port}/code`);
  }

  /**
   * @param {import('dockerode').ContainerInspectInfo} like
   * @param {string} network
   * @param {string} codeUrl
   */
  constructor(like, network, codeUrl) {
    this.#like = like;
    this.#network = network;
    this.#codeUrl = codeUrl;
  }

  /** ms from `docker run` to the first answer. */
  byCommand() {
    const { HostConfig: host, Config: config, Image: image } = this.#like;
    const flags = [
      ...(host.Init ? ['--init'] : []),
      ...(host.ReadonlyRootfs ? ['--read-only'] : []),
      ...(host.CapDrop ?? []).flatMap((name) => ['--cap-drop', name]),
      ...(host.SecurityOpt ?? []).flatMap((option) => ['--security-opt', option]),
      ...Object.entries(this.#tmpfs()).flatMap(([path, how]) => ['--tmpfs', `${path}:${how}`]),
      ...['--pids-limit', `${host.PidsLimit}`, '--memory', `${host.Memory}`, '--user', config.User],
      ...this.#env().flatMap((variable) => ['--env', variable]),
      ...['--network', this.#network, '--detach'],
    ];
    return this.#untilItAnswers(async () => (await run('docker', ['run', ...flags, image])).stdout.trim());
  }

  /** ms from the creation of the container to its first answer, without the time that the `docker` program takes. */
  byApi() {
    const { HostConfig: host, Config: config, Image: image } = this.#like;
    return this.#untilItAnswers(async () => {
      const { Init, ReadonlyRootfs, CapDrop, SecurityOpt, PidsLimit, Memory, MemorySwap, NanoCpus } = host;
      const limits = { Init, ReadonlyRootfs, CapDrop, SecurityOpt, PidsLimit, Memory, MemorySwap, NanoCpus };
      const container = await docker.createContainer({
        Image: image,
        User: config.User,
        Env: this.#env(),
        HostConfig: { ...limits, NetworkMode: this.#network, Tmpfs: this.#tmpfs() },
      });
      await container.start();
      return container.id;
    });
  }

  #env() {
    return ['LAMBDOCK_FUNCTION_ID=bench', `LAMBDOCK_CODE_URL=${this.#codeUrl}`];
  }

  #tmpfs() {
    const { Tmpfs: all = {}, ReadonlyRootfs: readOnly } = this.#like.HostConfig;
    return readOnly ? all : { '/tmp': all['/tmp'] };
  }

  /** @param {() => Promise<string>} start resolves with the id of a container that was started */
  async #untilItAnswers(start) {
    const began = performance.now();
    const container = docker.getContainer(await start());
    try {
      const { NetworkSettings: settings } = await container.inspect();
      const host = settings.Networks[this.#network].IPAddress;
      while (!(await answers({ host, port: PORT, path: '/' }))) {
        if (performance.now() - began > START_TIMEOUT) throw new Error(`${this.#like.Image} does not answer`);
        await sleep(ASK_EVERY);
      }
      return performance.now() - began;
    } finally {
      await container.remove({ force: true, v: true });
    }
  }
}
