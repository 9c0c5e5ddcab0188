// Compares ways to forward a small request to a Node server: `node bench/forwarders/run.mjs [seconds] [rounds]`.
// Everything is interleaved, so that a machine that slows down slows all of them; ratios are taken within a round.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { Client } from 'undici';

const seconds = Number(process.argv[2] ?? 4);
const rounds = Number(process.argv[3] ?? 3);
const TURNS = 40;
const CALLS_A_TURN = 200;
const here = fileURLToPath(new URL('.', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'forwarders-'));
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
  const rows = contenders.map(({ name }) => ({ name, times: [], one: [], sixteen: [] }));
  await sequential(contenders, rows);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { port }] of contenders.entries()) {
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

/** Times one call after another, in microseconds, over one connection to each contender, taking turns. */
async function sequential(contenders, rows) {
  const clients = contenders.map(({ port }) => new Client(`http://127.0.0.1:${port}`));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, client] of clients.entries()) {
      for (let call = 0; call < CALLS_A_TURN; call++) {
        const start = process.hrtime.bigint();
        const { body } = await client.request({ path: '/', method: 'GET' });
        await body.dump();
        rows[i].times.push(Number(process.hrtime.bigint() - start) / 1000);
      }
    }
  }
  for (const client of clients) await client.close();
}

function percentile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];
}

function median(values) {
  return percentile(values, 0.5);
}

function print(rows) {
  const [bare] = rows;
  const share = (row, load) => median(row[load].map((value, round) => value / bare[load][round])).toFixed(2);
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${rounds} rounds of ${seconds} s\n`,
  );
  console.log(
    '| forwarder | p50 µs (ratio) | p99 µs | requests/s, 1 connection | requests/s, 16 connections |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const p50 = median(row.times);
    const cells = [
      `${Math.round(p50)} (${(p50 / median(bare.times)).toFixed(2)})`,
      Math.round(percentile(row.times, 0.99)),
      `${Math.round(median(row.one))} (${share(row, 'one')})`,
      `${Math.round(median(row.sixteen))} (${share(row, 'sixteen')})`,
    ];
    console.log(`| ${row.name} | ${cells.join(' | ')} |`);
  }
}
