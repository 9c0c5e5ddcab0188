import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';

/** Logs 200 lines every 20 ms from its first request on, until it is asked to stop. */
const FLOOD = `
let count = 0;
let timer;
export default (req, res) => {
  clearInterval(timer);
  if (req.url.startsWith('/start'))
    timer = setInterval(() => {
      for (let i = 0; i < 200; i++) console.log('line ' + ++count + ' of a flood');
    }, 20);
  if (req.url.startsWith('/needle')) console.log('a needle in the hay');
  res.end(String(count));
};`;

const CHATTY = `
export default (req, res) => {
  console.log('asked for ' + req.url);
  if (req.url === '/fail') console.error(new TypeError('no price').stack);
  res.end();
};`;

/** Notes how long the page takes from one picture to the next. */
const WATCH = `(() => {
  window.pauses = [];
  let last = performance.now();
  const next = (now) => { window.pauses.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
})()`;

const browser = useBrowser();
let daemon: RunningDaemon;

describe('the log of a function', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it('says how to log, shows what is written as it is written, and finds in it', async () => {
    const id = await createFunction(daemon.url, { title: 'chatty', code: CHATTY });
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
    const logs = page.getByRole('region', { name: 'Logs' });
    await logs.getByText('Nothing logged yet').waitFor();
    await ask(id, '/hello');
    await logs.getByText('asked for /hello').waitFor();

    await ask(id, '/fail');
    await logs.getByText('TypeError: no price').waitFor();
    // Not by colour only.
    await expect.poll(() => logs.getByText('err', { exact: true }).count()).toBe(1);
    await shoot(page, 'logs');

    // A frame is found, and shown with the error that it belongs to.
    await logs.getByRole('searchbox', { name: 'Search the log' }).fill('HANDLER.mjs');
    await logs.getByText('TypeError: no price').waitFor();
    await expect.poll(() => logs.getByText('asked for').count()).toBe(0);
    await expect.poll(() => logs.locator('mark').first().textContent()).toBe('handler.mjs');
    await expectAccessible(page);

    await logs.getByRole('searchbox').fill('nothing like it');
    await logs.getByText('No line matches').waitFor();
    await logs.getByRole('button', { name: 'Show all lines' }).click();
    await logs.getByText('asked for /hello').waitFor();
    await logs.getByRole('combobox', { name: 'Streams' }).selectOption('stderr');
    await expect.poll(() => logs.getByText('asked for').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('keeps what is read in place, and counts what comes meanwhile', async () => {
    const id = await createFunction(daemon.url, { title: 'read me', code: CHATTY });
    for (let index = 0; index < 60; index++) await ask(id, `/${index}`);
    const { page } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
    const logs = page.getByRole('region', { name: 'Logs' });
    await logs.getByText('asked for /59').waitFor();

    await logs.getByRole('log').press('Home');
    await logs.getByText('asked for /0', { exact: true }).waitFor();
    await ask(id, '/later');
    await logs.getByRole('button', { name: '1 new line' }).waitFor();
    await logs.getByText('asked for /0', { exact: true }).waitFor();
    await logs.getByRole('button', { name: '1 new line' }).click();
    await logs.getByText('asked for /later').waitFor();

    await logs.getByRole('button', { name: 'Pause' }).click();
    await ask(id, '/while-paused');
    await logs.getByRole('button', { name: '1 new line' }).waitFor();
    await expect.poll(() => logs.getByText('asked for /while-paused').count()).toBe(0);
    await logs.getByRole('button', { name: 'Resume' }).click();
    await logs.getByText('asked for /while-paused').waitFor();

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      logs.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`${id}.log`);
    await logs.getByRole('button', { name: 'Clear' }).click();
    await logs.getByText('Nothing logged yet').waitFor();
  });

  it('stays usable at ten thousand lines a second', async () => {
    const id = await createFunction(daemon.url, { title: 'flood', code: FLOOD });
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
    const logs = page.getByRole('region', { name: 'Logs' });
    await logs.getByText('Nothing logged yet').waitFor();
    await page.evaluate(WATCH);
    // What a picture takes where nothing happens: the machine may be busy with something else.
    const idle = await pausesOf(page, 2_000);
    await ask(id, '/start');
    await logs
      .getByText(/^line \d{4,} of a flood/)
      .first()
      .waitFor();
    const flooded = await pausesOf(page, 5_000);
    console.log('between two pictures, in ms: without lines', idle, 'with ten thousand a second', flooded);
    expect(flooded.usual).toBeLessThan(Math.max(250, idle.usual * 8));
    expect(flooded.longest).toBeLessThan(Math.max(3_000, idle.longest * 20));

    // It answers to what is done to it meanwhile, and holds no more than what is seen.
    const rows = logs.getByText(/^line \d+ of a flood/);
    await expect.poll(() => rows.count()).toBeLessThan(150);
    await logs.getByRole('button', { name: 'Pause' }).click();
    await logs.getByRole('button', { name: /[\d,]+ new lines/ }).waitFor();
    const before = await rows.first().textContent();
    await page.waitForTimeout(500);
    await expect.poll(() => rows.first().textContent()).toBe(before);

    await logs.getByRole('button', { name: 'Resume' }).click();
    await logs.getByRole('searchbox').fill('needle');
    await ask(id, '/needle');
    await logs.getByText('a needle in the hay').waitFor();
    await shoot(page, 'logs-flood');
    expect(problems).toEqual([]);
  });
});

async function pausesOf(page: Page, ms: number): Promise<{ usual: number; longest: number }> {
  await page.evaluate('window.pauses = []');
  await page.waitForTimeout(ms);
  const pauses = (await page.evaluate<number[]>('window.pauses')).sort((one, other) => one - other);
  return { usual: Math.round(pauses[pauses.length >> 1]!), longest: Math.round(pauses.at(-1)!) };
}

async function ask(id: string, path: string): Promise<void> {
  await (await fetch(`${daemon.url}/endpoint/${id}${path}`)).text();
}
