// Measures the built product: `npm run bench -- [--docker | --aws] [--quick] [--only start,reload] [--cli <file>]`; see README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { awsCreate } from './measures/aws-create.mjs';
import { awsInvoke } from './measures/aws-invoke.mjs';
import { awsMemory } from './measures/aws-memory.mjs';
import { create } from './measures/create.mjs';
import { dockerCold } from './measures/docker-cold.mjs';
import { dockerEndpoint } from './measures/docker-endpoint.mjs';
import { dockerMemory } from './measures/docker-memory.mjs';
import { dockerReload } from './measures/docker-reload.mjs';
import { dockerStart } from './measures/docker-start.mjs';
import { endpoint } from './measures/endpoint.mjs';
import { memory } from './measures/memory.mjs';
import { reload } from './measures/reload.mjs';
import { start } from './measures/start.mjs';
import { formatTable } from './support/rows.mjs';
import { Scope } from './support/scope.mjs';

/** @typedef {import('./support/rows.mjs').Row} Row */

/**
 * @typedef {object} Measure
 * @property {(bench: import('./support/rows.mjs').Bench) => Promise<Row[]>} run
 * @property {string} beside what its values are compared with
 * @property {'processes' | 'aws' | 'docker' | 'named'} part of which run it is; `named`: only of one that names it
 */
/** @type {Record<string, Measure>} */
const MEASURES = {
  start: { run: start, beside: 'bare Node', part: 'processes' },
  memory: { run: memory, beside: 'bare Node', part: 'processes' },
  endpoint: { run: endpoint, beside: 'bare Node', part: 'processes' },
  create: { run: create, beside: 'bare Node', part: 'processes' },
  reload: { run: reload, beside: 'bare Node', part: 'processes' },
  'aws-invoke': { run: awsInvoke, beside: 'bare Node', part: 'aws' },
  'aws-create': { run: awsCreate, beside: 'bare Node', part: 'aws' },
  'aws-memory': { run: awsMemory, beside: 'bare Node', part: 'aws' },
  'docker-start': { run: dockerStart, beside: 'processes', part: 'docker' },
  'docker-cold': { run: dockerCold, beside: 'docker run', part: 'docker' },
  'docker-reload': { run: dockerReload, beside: 'process', part: 'docker' },
  'docker-endpoint': { run: dockerEndpoint, beside: 'bare Node', part: 'docker' },
  'docker-memory': { run: dockerMemory, beside: 'no function', part: 'named' },
};
const here = fileURLToPath(new URL('.', import.meta.url));
/** A quiet machine needs about three minutes, five with Docker; what was measured by then is kept. */
const LONGEST = { processes: 4 * 60_000, aws: 6 * 60_000, docker: 8 * 60_000, named: 8 * 60_000 };
/** Above this load before the first measurement, others take part in it. */
const QUIET_LOAD = 0.5;

const { values: options } = parseArgs({
  options: {
    docker: { type: 'boolean', default: false },
    aws: { type: 'boolean', default: false },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    cli: { type: 'string', default: join(here, '../dist/cli/main.js') },
    'base-images': { type: 'string' },
    functions: { type: 'string', default: '100' },
  },
});
const part = options.docker ? 'docker' : options.aws ? 'aws' : 'processes';
const chosen =
  options.only?.split(',').map((name) => name.trim()) ??
  Object.keys(MEASURES).filter((name) => MEASURES[name].part === part);
const unknown = chosen.filter((name) => !Object.hasOwn(MEASURES, name));
if (unknown.length > 0) {
  console.error(
    `No measurement is called ${unknown.join(', ')}; there are ${Object.keys(MEASURES).join(', ')}.`,
  );
  process.exit(2);
}

let scope = new Scope();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => giveUp(130));
const longest = Math.max(...chosen.map((name) => LONGEST[MEASURES[name].part]));
const bound = setTimeout(() => {
  console.error(`The bench took longer than ${longest / 60_000} minutes and was stopped.`);
  giveUp(1);
}, longest);

const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0]?.model}`,
  loadBefore: loadavg()[0],
};
console.log(`Node ${machine.node}, ${machine.cpu}, load ${machine.loadBefore?.toFixed(2)}\n`);
if (machine.loadBefore > QUIET_LOAD)
  console.log(
    'The machine is busy with something else: believe no absolute number, and no ratio with a wide range.\n',
  );
/** @type {Record<string, Row[]>} */
const results = {};
for (const [name, { run, beside }] of Object.entries(MEASURES)) {
  if (!chosen.includes(name)) continue;
  scope = new Scope();
  try {
    results[name] = await run({
      cli: resolve(options.cli),
      quick: options.quick,
      functions: Number(options.functions),
      ...(options['base-images'] ? { baseImages: options['base-images'] } : {}),
      scope,
    });
    console.log(`${formatTable(name, results[name], beside)}\n`);
  } catch (error) {
    // The others are worth having all the same.
    console.error(`${name} failed:`);
    fail(error);
  } finally {
    await scope.close().catch(fail);
  }
}
clearTimeout(bound);

report();

function report() {
  const aims = Object.values(results)
    .flat()
    .filter((row) => row.met !== undefined);
  const met = aims.filter((row) => row.met && !row.unclear).length;
  const unclear = aims.filter((row) => row.unclear).length;
  const quiet = machine.loadBefore <= QUIET_LOAD;
  const file = join(here, 'out', `${machine.date.replaceAll(':', '-')}.json`);
  mkdirSync(join(here, 'out'), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...machine, quick: options.quick, quiet, results }, null, 2));
  console.log(
    `Of ${aims.length} aims ${met} met, ${unclear} unclear, ${aims.length - met - unclear} missed; written to ${file}`,
  );
}

/** @param {unknown} error */
function fail(error) {
  console.error(error);
  process.exitCode = 1;
}

/** @param {number} exitCode */
async function giveUp(exitCode) {
  await scope.close().catch(fail);
  report();
  process.exit(exitCode);
}
