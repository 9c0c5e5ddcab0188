// What `npm test` does after the build: checks the source, prepares what tests share, runs all of them.
// Arguments go to vitest: `npm test -- --project unit test/unit/cli`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareContainers } from '../test/setup/prepare.mjs';
import { warmUp } from './warm-up.mjs';

const root = join(import.meta.dirname, '..');
const report = join(root, 'test-results', 'vitest.json');
const strict = process.env.CI === 'true' || process.env.CI === '1';
const cache = process.env.LAMBDOCK_TEST_CACHE ?? join(tmpdir(), 'lambdock-test-cache');
const env = { ...process.env, LAMBDOCK_TEST_CACHE: cache };
let stopServices = async () => {};
/** Programs that run: their ends. */
const running = new Map();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void abort(signal));

say('Checking the source: biome and TypeScript');
const checks = await Promise.all([
  run('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
  run('node_modules/typescript/bin/tsc', []),
  run('node_modules/typescript/bin/tsc', ['-p', 'src/console/app']),
]);
if (checks.some((code) => code !== 0)) await finish({ passed: 0, failed: 1, skipped: 0 });

say(`Preparing toolchains in ${cache}: a Python environment and Go's build cache (slow only the first time)`);
const missing = await warmUp(root, cache);
if (needsContainers(process.argv.slice(2))) {
  say('Preparing containers: a Docker engine, a base image, a MinIO server (slow only the first time)');
  const prepared = await prepareContainers({ cache, say: (line) => console.log(`  ${line}`) });
  stopServices = prepared.stop;
  Object.assign(env, prepared.env);
  missing.push(...prepared.missing);
}
if (missing.length > 0) {
  console.log(`Not usable here: ${missing.join(', ')}`);
  if (strict) {
    console.log('With CI=true everything has to be there.');
    await finish({ passed: 0, failed: missing.length, skipped: 0 });
  }
  console.log('Tests that need them are skipped.');
}

say('Running the tests');
mkdirSync(join(root, 'test-results'), { recursive: true });
rmSync(report, { force: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const code = await run('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...process.argv.slice(2)]);
await finish(readTotals(), code);

/** Ends with one plain line that a script can read. A run that failed without a failed test counts as one. */
async function finish(totals, exitCode = 1) {
  await stopServices();
  const failed = totals.failed || (exitCode === 0 ? 0 : 1);
  console.log(`${totals.passed} passed, ${failed} failed, ${totals.skipped} skipped`);
  process.exit(failed === 0 ? 0 : 1);
}

/** What was started ends with us, after the tests that use it. */
async function abort(signal) {
  for (const child of running.keys()) child.kill(signal);
  await Promise.allSettled(running.values());
  await stopServices();
  process.exit(1);
}

/** Unit tests start nothing: who runs no others need not wait for it. */
function needsContainers(args) {
  const projects = args.flatMap((arg, index) => {
    if (arg === '--project') return [args[index + 1]];
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [];
  });
  return projects.length === 0 || projects.some((project) => project !== 'unit');
}

function readTotals() {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

function say(line) {
  console.log(`\n> ${line}`);
}

/** Runs a package's program and resolves with its exit code. */
function run(script, args) {
  const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, env, stdio: 'inherit' });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  running.set(child, ended);
  return ended.finally(() => running.delete(child));
}
