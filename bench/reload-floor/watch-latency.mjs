// How long a save takes to be noticed and to be settled, and what chokidar makes of the same saves.
// node bench/reload-floor/watch-latency.mjs [files in the folder, 5 unless given]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { watch } from 'chokidar';
import { build } from 'esbuild';

const SAVES = 100;
const FILES = Number(process.argv[2] ?? 5);
const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const work = mkdtempSync(join(tmpdir(), 'lambdock-watch-latency-'));

async function ours() {
  const bundle = join(work, 'watch.mjs');
  await build({
    stdin: {
      contents: `export * from './src/execution/watch/source-watcher.ts'; export * from './src/clock/real-clock.ts';`,
      resolveDir: repository,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
  });
  return import(pathToFileURL(bundle).href);
}

function makeFolder(name) {
  const root = join(work, name);
  for (let n = 0; n < FILES; n++) {
    const folder = join(root, `d${Math.floor(n / 50)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${n}.mjs`), `export default ${n};\n`);
  }
  return root;
}

function summary(times) {
  const sorted = times.filter((time) => time !== undefined).sort((one, other) => one - other);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.toFixed(2);
  return { seen: sorted.length, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'max ms': at(1) };
}

/** Saves one file again and again, a pause after each; the watcher notes times in `moment`. */
async function save(root, moment, gap) {
  const times = [];
  const file = join(root, 'd0', 'f0.mjs');
  for (let n = 0; n < SAVES; n++) {
    await pause(gap);
    moment.current = {};
    const start = performance.now();
    writeFileSync(file, `export default 'save ${n}';\n`);
    const current = moment.current;
    await pause(gap);
    times.push(Object.fromEntries(Object.entries(current).map(([key, time]) => [key, time - start])));
  }
  return times;
}

const note = (moment, key) => {
  if (moment.current) moment.current[key] ??= performance.now();
};

const rows = {};
const { SourceWatcher, RealClock } = await ours();
{
  const root = makeFolder('ours');
  const moment = {};
  const watcher = new SourceWatcher({
    root,
    clock: new RealClock(),
    onDirty: () => note(moment, 'dirty'),
    onSettled: () => note(moment, 'settled'),
    onClean() {},
    onError: (error) => console.error(error),
  });
  const start = performance.now();
  await watcher.start();
  rows[`start with ${FILES} files`] = summary([performance.now() - start]);
  // Files written a moment ago are read again; let them grow old.
  await pause(2_100);
  await watcher.verify();
  const verified = [];
  for (let n = 0; n < 20; n++) {
    const before = performance.now();
    await watcher.verify();
    verified.push(performance.now() - before);
  }
  rows.verify = summary(verified);
  const times = await save(root, moment, 40);
  rows['save → onDirty'] = summary(times.map((time) => time.dirty));
  rows['save → onSettled'] = summary(times.map((time) => time.settled));
  await watcher[Symbol.asyncDispose]();
}
for (const gap of [40, 10]) {
  const root = makeFolder(`chokidar-${gap}`);
  const moment = {};
  const start = performance.now();
  const watcher = watch(root, { ignoreInitial: true });
  await new Promise((resolve) => watcher.on('ready', resolve));
  if (gap === 40) rows[`chokidar: ready with ${FILES} files`] = summary([performance.now() - start]);
  watcher.on('raw', () => note(moment, 'raw')).on('all', () => note(moment, 'all'));
  const times = await save(root, moment, gap);
  rows[`chokidar: save → raw, every ${2 * gap} ms`] = summary(times.map((time) => time.raw));
  rows[`chokidar: save → change, every ${2 * gap} ms`] = summary(times.map((time) => time.all));
  await watcher.close();
}
// Two saves 20 ms apart, then quiet: did the watcher read the second one?
{
  const root = makeFolder('chokidar-twice');
  const file = join(root, 'd0', 'f0.mjs');
  const watcher = watch(root, { ignoreInitial: true });
  await new Promise((resolve) => watcher.on('ready', resolve));
  let seen;
  watcher.on('all', () => {
    seen = readFileSync(file, 'utf8');
  });
  let missed = 0;
  for (let n = 0; n < SAVES; n++) {
    writeFileSync(file, `first ${n}`);
    await pause(20);
    writeFileSync(file, `second ${n}`);
    await pause(120);
    if (seen !== `second ${n}`) missed++;
  }
  console.log(`chokidar: the second of two saves 20 ms apart missed ${missed} of ${SAVES} times`);
  await watcher.close();
}
console.table(rows);
rmSync(work, { recursive: true });
