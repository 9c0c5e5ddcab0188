import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';

const browser = useBrowser();
let daemon: RunningDaemon;

describe('what the page of a function tells of its past', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it('its reloads as they happen: which file, how long it took, and why one failed', async () => {
    using source = sourceFolder({ 'handler.mjs': answering('one') });
    const { id, endpoint } = await link(daemon.url, source.path);
    expect((await get(endpoint)).text).toBe('one');
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
    await page.getByRole('tab', { name: 'Reloads' }).click();
    const rows = page.getByRole('region', { name: 'Reloads' }).getByRole('listitem');

    writeFileSync(source.file('handler.mjs'), answering('two'));
    const live = rows.filter({ hasText: 'Live' }).filter({ hasText: 'handler.mjs' });
    await live.getByText(/^[\d.]+ m?s$/).waitFor();

    writeFileSync(source.file('handler.mjs'), 'export default (req, res) => {\n  res.end(;\n};\n');
    const failed = rows.first().filter({ hasText: 'Failed' });
    await failed.getByText('handler.mjs:2', { exact: false }).waitFor();
    await failed.getByText(/SyntaxError/).waitFor();
    await expect.poll(() => rows.nth(1).textContent()).toContain('Live');
    await expectAccessible(page);
    await shoot(page, 'reloads');
    expect(problems).toEqual([]);
  });

  it('its traffic: how many requests, how many failed, and how long they took', async () => {
    const code = "export default (req, res) => res.status(req.path === '/fail' ? 500 : 200).end();";
    const id = await createFunction(daemon.url, { title: 'busy', code });
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
    await page.getByRole('tab', { name: 'Traffic' }).click();
    await page.getByText('No requests in the last ten minutes').waitFor();

    for (const path of ['/', '/', '/', '/fail']) await get(`${daemon.url}/endpoint/${id}${path}`);
    const traffic = page.getByRole('region', { name: 'Traffic of the last ten minutes' });
    const figure = (name: string) => traffic.locator('dl > div').filter({ hasText: name }).locator('dd');
    await expect.poll(() => figure('Requests').textContent()).toBe('4');
    await expect.poll(() => figure('Failed').textContent()).toBe('1 (25 %)');
    for (const time of ['Mean', 'Slowest'])
      await expect.poll(() => figure(time).textContent()).toMatch(/^[\d.]+ m?s$/);
    for (const title of ['Requests per second', 'Time to answer'])
      await traffic.getByRole('figure').filter({ hasText: title }).locator('canvas').waitFor();

    // Who can't see the charts has the same by the minute.
    await traffic.getByText('By the minute').click();
    const counts = traffic.locator('tbody td:nth-of-type(1)');
    await expect
      .poll(async () => (await counts.allTextContents()).reduce((sum, text) => sum + Number(text), 0))
      .toBe(4);
    await expectAccessible(page);
    await shoot(page, 'traffic');
    expect(problems).toEqual([]);
  });
});
