import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';

/** Where engines of this machine keep a container's processes, by version and driver of control groups. */
const PLACES = (id: string) => [
  `/sys/fs/cgroup/memory/docker/${id}/cgroup.procs`,
  `/sys/fs/cgroup/memory/system.slice/docker-${id}.scope/cgroup.procs`,
  `/sys/fs/cgroup/docker/${id}/cgroup.procs`,
  `/sys/fs/cgroup/system.slice/docker-${id}.scope/cgroup.procs`,
];
const MB = 2 ** 20;

/** The most memory that the largest program of a container has used. Where the kernel can't be asked, the engine is, behind it. */
export class ContainerMemory {
  readonly #container: Docker.Container;
  #peakMb = 0;
  #asking = false;

  constructor(container: Docker.Container) {
    this.#container = container;
  }

  peakMb(): number | undefined {
    const local = this.#fromKernel();
    if (local !== undefined) this.#peakMb = Math.max(this.#peakMb, local);
    else if (!this.#asking) void this.#askEngine();
    return this.#peakMb || undefined;
  }

  #fromKernel(): number | undefined {
    for (const place of PLACES(this.#container.id)) {
      try {
        const pids = readFileSync(place, 'latin1').split('\n').filter(Boolean);
        return Math.max(...pids.map(peakOf));
      } catch {
        // Another version or driver, or another machine's kernel.
      }
    }
    return undefined;
  }

  async #askEngine(): Promise<void> {
    this.#asking = true;
    try {
      const stats = await this.#container.stats({ stream: false, 'one-shot': true });
      const { usage = 0, max_usage: most = 0 } = stats.memory_stats ?? {};
      this.#peakMb = Math.max(this.#peakMb, most / MB, usage / MB);
    } catch {
      // It has ended, or the engine is away: what is known stays.
    } finally {
      this.#asking = false;
    }
  }
}

/** In MB; 0 for one that has just ended. */
function peakOf(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
