import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ name: string, rssMb: number }} ProcessMemory */

/**
 * Resident memory in MB, as the kernel counts it; undefined once the process is gone.
 * @param {number} pid
 */
export function residentMb(pid) {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Memory that processes of this machine could still have, in MB. */
export function availableMb() {
  return Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]) / 1024;
}

/**
 * CPU time that processes have used so far, in ms. Unlike the time on the wall it hardly depends on who else runs.
 * @param {number[]} pids
 */
export function cpuMs(pids) {
  let nanoseconds = 0;
  for (const pid of pids) {
    for (const thread of threads(pid)) {
      nanoseconds += Number(readProc(pid, `task/${thread}/schedstat`).split(' ')[0]);
    }
  }
  return nanoseconds / 1e6;
}

/**
 * Every process below this one.
 * @param {number} pid
 * @returns {number[]}
 */
export function descendants(pid) {
  /** @type {Map<number, number>} */
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  return [...parents.keys()].filter((candidate) => {
    let at = parents.get(candidate);
    while (at !== undefined && at !== pid) at = parents.get(at);
    return at === pid;
  });
}

/**
 * @param {number} pid
 * @returns {ProcessMemory[]} of each process below it
 */
export function childMemory(pid) {
  return descendants(pid).flatMap((child) => {
    const rssMb = residentMb(child);
    const [command = '', ...args] = readProc(child, 'cmdline').split('\0');
    const script = args.find((arg) => !arg.startsWith('-')) ?? '';
    return rssMb === undefined ? [] : [{ name: `${lastPart(command)} ${lastPart(script)}`.trim(), rssMb }];
  });
}

/** @param {number} pid */
export function isAlive(pid) {
  const stat = readProc(pid, 'stat');
  return stat !== '' && stat[stat.lastIndexOf(')') + 2] !== 'Z';
}

/**
 * Resolves with those that still run after `within` ms.
 * @param {number[]} pids
 * @param {number} within
 */
export async function survivors(pids, within) {
  const end = performance.now() + within;
  let alive = pids.filter(isAlive);
  while (alive.length > 0 && performance.now() < end) {
    await sleep(20);
    alive = alive.filter(isAlive);
  }
  return alive;
}

/** @param {number} pid */
function threads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it ended meanwhile
  }
}

/** @param {number} pid */
function parentOf(pid) {
  const stat = readProc(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/**
 * @param {number} pid
 * @param {string} file
 */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // it ended meanwhile
  }
}

/** @param {string} path */
function lastPart(path) {
  return path.split('/').at(-1) ?? '';
}
