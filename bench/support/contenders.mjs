import { latencies, throughput } from './load.mjs';
import { cpuMs } from './processes.mjs';
import { paired, percentile } from './statistics.mjs';

export const CONNECTIONS = 16;
const SECONDS = 1;

/**
 * Many short rounds: how fast a server answers here depends more on who else uses the machine in that second than on
 * the server.
 * @param {Contender[]} all
 * @param {number} rounds
 */
export async function measureInTurn(all, rounds) {
  for (const { url, request } of all)
    await throughput(url, { connections: CONNECTIONS, seconds: 2, request });
  for (let round = 0; round < rounds; round++) {
    // Nobody is always the one after the busiest.
    for (let turn = 0; turn < all.length; turn++) await measure(all[(round + turn) % all.length]);
  }
}

/** @param {Contender} of */
async function measure(of) {
  const sequential = await latencies(of.url, { connections: 1, calls: 1_000, request: of.request });
  of.p50.push(percentile(sequential, 0.5));
  of.p99.push(percentile(sequential, 0.99));
  const parallel = await latencies(of.url, { connections: CONNECTIONS, calls: 2_000, request: of.request });
  of.manyP50.push(percentile(parallel, 0.5));
  of.manyP99.push(percentile(parallel, 0.99));
  const cpuBefore = cpuMs(of.pids);
  const { rate, answers } = await throughput(of.url, {
    connections: CONNECTIONS,
    seconds: SECONDS,
    request: of.request,
  });
  of.rate.push(rate);
  of.cpu.push(((cpuMs(of.pids) - cpuBefore) * 1000) / answers);
}

/**
 * @typedef {'p50' | 'p99' | 'manyP50' | 'manyP99' | 'rate' | 'cpu'} Metric
 * @typedef {{ url: string, pids: number[], request: import('./load.mjs').Request } & Record<Metric, number[]>} Contender one number a round of each metric
 * @param {string} url
 * @param {number[]} pids that do the work of a request
 * @param {import('./load.mjs').Request} [request]
 * @returns {Contender}
 */
export function contender(url, pids, request = {}) {
  return { url, pids, request, p50: [], p99: [], manyP50: [], manyP99: [], rate: [], cpu: [] };
}

/**
 * @param {string} name
 * @param {string} unit
 * @param {Metric} metric
 */
export function compare(name, unit, metric) {
  return (/** @type {Contender} */ of, /** @type {Contender} */ bare) => ({
    name,
    unit,
    ...paired(of[metric], bare[metric]),
  });
}
