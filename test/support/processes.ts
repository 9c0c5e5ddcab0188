import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether a process runs; one that has ended and only waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

/** All running processes below this one. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found: number[] = [];
  for (const [candidate] of parents) {
    let at: number | undefined = candidate;
    while (at !== undefined && at !== pid) at = parents.get(at);
    if (at === pid && candidate !== pid && isAlive(candidate)) found.push(candidate);
  }
  return found;
}

/** Open file descriptors by what they refer to, without the numbers that differ from one to the next. */
export function openDescriptors(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // the one that listed the folder
    }
  });
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
