import autocannon from 'autocannon';
import { Client } from 'undici';

/** @typedef {{ method?: 'GET' | 'POST', headers?: Record<string, string>, body?: string }} Request a GET unless it says otherwise */

/**
 * @param {string} url
 * @param {{ connections: number, seconds?: number, amount?: number, request?: Request }} options for that time, or that many requests
 * @returns {Promise<{ rate: number, answers: number }>} answers a second of wall time, and how many they were. Rejects
 * when one request failed.
 */
export async function throughput(url, { connections, seconds, amount, request = {} }) {
  const start = performance.now();
  const result = await autocannon({
    url,
    connections,
    ...request,
    ...(amount === undefined ? { duration: seconds } : { amount }),
  });
  const wall = (performance.now() - start) / 1000;
  if (result.errors + result.non2xx > 0)
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} answers that are not 2xx`);
  const answers = result.requests.total;
  return { rate: answers / wall, answers };
}

/**
 * The time of each of `calls` calls in µs, made over `connections` connections, one call after another on each.
 * autocannon counts in whole milliseconds, which is more than most of these take.
 * @param {string} url
 * @param {{ connections: number, calls: number, request?: Request }} options
 * @returns {Promise<number[]>}
 */
export async function latencies(url, { connections, calls, request = {} }) {
  const { origin, pathname } = new URL(url);
  /** @type {number[]} */
  const times = [];
  const each = Math.ceil(calls / connections);
  const oneConnection = async () => {
    const client = new Client(origin);
    for (let call = 0; call < each; call++) {
      const start = process.hrtime.bigint();
      const { statusCode, body } = await client.request({ method: 'GET', path: pathname, ...request });
      await body.dump();
      times.push(Number(process.hrtime.bigint() - start) / 1000);
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: connections }, oneConnection));
  return times;
}
