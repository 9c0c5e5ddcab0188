import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { FUNCTIONS } from './screenshots/functions.mjs';
import { sendTraffic } from './screenshots/traffic.mjs';

/*
 * Takes the README's pictures of the console: starts the built daemon with a data folder of its own, creates functions and traffic,
 * and writes docs/images/console-*.png. `npm run screenshots`, after a build.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'docs', 'images');
const LARGEST_BYTES = 300 * 1024;
/** What the pictures show instead of a port that happened to be free. */
const SHOWN = 'http://localhost:4566';
const START_TIMEOUT = 60_000;
/** What was saved is live by then, and asked again. */
const RELOADED = 3_000;
/** So that the lines of traffic in the list have a past. */
const HISTORY = 60_000;
/** Go's first build may take long. */
const FIRST_ANSWER_TIMEOUT = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'lambdock-screenshots-'));
const daemon = await startDaemon();
try {
  const functions = await createFunctions(daemon.url);
  const stop = sendTraffic(daemon.url, functions);
  try {
    await sleep(HISTORY);
    for (const { id, saved } of functions) await call(daemon.url, 'PATCH', { id, code: saved });
    await sleep(RELOADED);
    await takePictures(daemon.url, functions);
  } finally {
    await stop();
  }
} finally {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function takePictures(url, functions) {
  const browser = await openBrowser(new URL(url).port);
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 720 },
      deviceScaleFactor: 1.5,
      reducedMotion: 'reduce',
      colorScheme: 'light',
    });
    page.setDefaultTimeout(20_000);
    await page.goto(`${SHOWN}/lambda/list`);
    for (const { title } of functions) await page.getByRole('row', { name: title }).waitFor();
    await page.getByText('Ready').first().waitFor();
    await shoot(page, 'console-list');

    const [{ id, ask }] = functions;
    // Tall enough for the code, a request, and its answer.
    await page.setViewportSize({ width: 1280, height: 1000 });
    await page.goto(`${SHOWN}/lambda/info?id=${id}`);
    await page.locator('.cm-content').first().waitFor();
    await sendFromPage(page, ask);
    await shoot(page, 'console-function');
  } finally {
    await browser.close();
  }
}

/** A request from the page's own panel, so that its answer is seen beside the code. */
async function sendFromPage(page, path) {
  const send = page.getByRole('button', { name: /^Send\b/ });
  if ((await send.count()) === 0) return;
  const field = page.getByRole('textbox', { name: /^Path/ });
  if ((await field.count()) > 0) await field.first().fill(path);
  await send.first().click();
  await page
    .getByText(/\b200\b/)
    .first()
    .waitFor();
}

async function shoot(page, name) {
  await page.evaluate('document.fonts.ready');
  const path = join(OUT, `${name}.png`);
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(path);
  console.log(`${relative(ROOT, path)}  ${Math.round(size / 1024)} kB`);
  if (size > LARGEST_BYTES) throw new Error(`${name} is larger than ${LARGEST_BYTES / 1024} kB`);
}

function openBrowser(port) {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((path) => path !== '');
  const places = names.flatMap((name) => folders.map((path) => join(path, name)));
  const executablePath = process.env.LAMBDOCK_TEST_CHROMIUM ?? places.find(existsSync);
  if (!executablePath) throw new Error('no Chromium here; LAMBDOCK_TEST_CHROMIUM names one');
  const { hostname } = new URL(SHOWN);
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${hostname} 127.0.0.1:${port}`],
  });
}

/** Those whose language is here, each once it has answered. */
async function createFunctions(url) {
  const created = [];
  for (const { title, runtime, version, code, saved = code, ask } of FUNCTIONS) {
    // What it takes to start a language for the first time is not what a save takes, which the pictures tell.
    const id = await call(url, 'POST', { title, runtime, version, code: `${code}\n` });
    if (await answers(`${url}/endpoint/${id}${ask}`)) {
      created.push({ id, title, ask, saved });
    } else {
      console.log(`left out: ${title} (${runtime} does not answer here)`);
      await fetch(`${url}/lambda?id=${id}`, { method: 'DELETE' });
    }
  }
  return created;
}

async function call(url, method, body) {
  const response = await fetch(`${url}/lambda`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} /lambda: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Whether it serves, now or when its toolchain is set up. */
async function answers(url) {
  const end = Date.now() + FIRST_ANSWER_TIMEOUT;
  while (Date.now() < end) {
    const { status } = await fetch(url);
    if (status !== 503) return status < 500;
    await sleep(500);
  }
  return false;
}

async function startDaemon() {
  const cli = join(ROOT, 'dist', 'cli', 'main.js');
  if (!existsSync(cli)) throw new Error('dist is missing; npm run build makes it');
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('LAMBDOCK_'));
  const data = join(folder, 'data');
  const child = spawn(process.execPath, [cli, 'start', '--port', '0', '--data-dir', data], {
    cwd: folder,
    env: { ...Object.fromEntries(others), LAMBDOCK_DRIVER: 'process', XDG_DATA_HOME: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for (let waited = 0; waited < START_TIMEOUT && child.exitCode === null; waited += 50) {
    const file = join(data, 'daemon.json');
    if (existsSync(file)) return { url: JSON.parse(readFileSync(file, 'utf8')).url, stop };
    await sleep(50);
  }
  await stop();
  throw new Error('the daemon did not start');
}
