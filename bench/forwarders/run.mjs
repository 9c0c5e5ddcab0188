// Compares ways to forward a small request to a Node server: `node bench/forwarders/run.mjs [seconds] [rounds]`.
// Rounds are interleaved, so that a machine that slows down slows all of them; the table has each one's median.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { Client } from 'undici';

const seconds = Number(process.argv[2] ?? 4);
const rounds = Number(process.argv[3] ?? 3);
const SEQUENTIAL_CALLS = 3000;
const here = fileURLToPath(new URL('.', import.meta.url));
const scratch = await mkdtemp(join(here, '.build-'));
const children = [];

try {
  const ours = join(scratch, 'lambdock.mjs');
  await build({
    entryPoints: [join(here, 'servers/lambdock.ts')],
    outfile: ours,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  const bare = await start(join(here, 'servers/bare.mjs'));
  const contenders = [
    { name: 'bare Node, no proxy', port: bare },
    { name: 'http.request', port: await start(join(here, 'servers/http-request.mjs'), bare) },
    {
      name: 'http-proxy-middleware',
      port: await start(join(here, 'servers/http-proxy-middleware.mjs'), bare),
    },
    { name: 'undici dispatch', port: await start(join(here, 'servers/undici.mjs'), bare) },
    { name: 'src/balancer', port: await start(ours, bare) },
  ];
  for (const contender of contenders) await load(contender.port, 16, 1);
  const rows = contenders.map(({ name }) => ({ name, p50: [], p99: [], one: [], sixteen: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { port }] of contenders.entries()) {
      const { p50, p99 } = await sequential(port);
      rows[i].p50.push(p50);
      rows[i].p99.push(p99);
      rows[i].one.push(await load(port, 1, seconds));
      rows[i].sixteen.push(await load(port, 16, seconds));
    }
  }
  print(rows);
} finally {
  for (const child of children) child.kill();
  await rm(scratch, { recursive: true });
}

function start(file, ...args) {
  const child = fork(file, args.map(String));
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

async function load(port, connections, duration) {
  const result = await autocannon({ url: `http://127.0.0.1:${port}/`, connections, duration });
  if (result.errors + result.non2xx > 0)
    throw new Error(`${result.errors} errors, ${result.non2xx} bad answers`);
  return result.requests.average;
}

/** Microseconds of one call after another over one connection. */
async function sequential(port) {
  const client = new Client(`http://127.0.0.1:${port}`);
  const times = [];
  for (let i = 0; i < SEQUENTIAL_CALLS; i++) {
    const start = process.hrtime.bigint();
    const { body } = await client.request({ path: '/', method: 'GET' });
    await body.dump();
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  await client.close();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)] };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function print(rows) {
  const floor = median(rows[0].p50);
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${rounds} rounds of ${seconds} s\n`,
  );
  console.log(
    '| forwarder | p50 µs (ratio) | p99 µs | requests/s, 1 connection | requests/s, 16 connections |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  for (const { name, p50, p99, one, sixteen } of rows) {
    const ratio = (median(p50) / floor).toFixed(2);
    const cells = [median(p99), median(one), median(sixteen)].map((value) => Math.round(value));
    console.log(`| ${name} | ${Math.round(median(p50))} (${ratio}x) | ${cells.join(' | ')} |`);
  }
}
