import { readFileSync } from 'node:fs';

/** Of this container: cgroup v2, and v1. */
const FILES = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** How many processes of the container the kernel has ended for want of memory; 0 where it does not tell. */
export function countOutOfMemory() {
  for (const file of FILES) {
    try {
      return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'latin1'))?.[1] ?? 0);
    } catch {
      // the other version's
    }
  }
  return 0;
}
