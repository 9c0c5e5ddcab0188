import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';

const SHOP = `
let calls = 0;
export default (req, res) => {
  console.log('asked for ' + req.url);
  if (req.url === '/flaky' && ++calls === 1) return res.status(500).json({ error: 'out of stock' });
  res.json({ method: req.method, got: req.body, tag: req.headers['x-tag'] });
};`;

const browser = useBrowser();
let daemon: RunningDaemon;

describe('the activity', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it('shows a request as it happens: what was sent, answered and logged', async () => {
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/activity`);
    await page.getByText('Live').waitFor();
    const id = await createFunction(daemon.url, { title: 'shop', code: SHOP });
    const row = page.getByRole('listitem').filter({ hasText: 'POST /orders' });
    await fetch(`${daemon.url}/endpoint/${id}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tag': 'blue' },
      body: '{"item":"book"}',
    });
    await row.getByRole('button', { name: '200 POST /orders' }).click();
    await row.getByText('"item": "book"').waitFor();
    await row.getByRole('tab', { name: 'Request' }).click();
    await row.getByText('x-tag').waitFor();
    await row.getByRole('tab', { name: 'Logs 1' }).click();
    await row.getByText('asked for /orders').waitFor();
    await shoot(page, 'activity-request');
    await expectAccessible(page);

    await page.getByText('Created').waitFor();
    await page
      .getByText(/New code is live, after \d+ ms/)
      .first()
      .waitFor();
    expect(problems).toEqual([]);
  });

  it('makes a request again with one click, and compares', async () => {
    const id = await createFunction(daemon.url, { title: 'flaky', code: SHOP });
    await fetch(`${daemon.url}/endpoint/${id}/flaky`);
    const { page } = await browser.visit(`${daemon.url}/lambda/activity?function=${id}`);
    const requests = page.getByRole('button', { name: /\d{3} GET \/flaky/ });
    await expect.poll(() => requests.count()).toBe(1);
    await page.getByRole('button', { name: 'Repeat GET /flaky' }).click();
    await page.getByText('another status').waitFor();
    await expect.poll(() => requests.count()).toBe(2);
    await expect.poll(() => requests.first().textContent()).toContain('200');
    await expect.poll(() => requests.last().textContent()).toContain('500');
  });

  it('tells why code does not load, and shows only problems when asked', async () => {
    const id = await createFunction(daemon.url, { title: 'breaks', code: SHOP });
    const { page } = await browser.visit(`${daemon.url}/lambda/activity?function=${id}`);
    await page.getByText(/New code is live/).waitFor();
    await fetch(`${daemon.url}/lambda`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, code: 'export default (req, res) => {\n  res.end(\n' }),
    });
    await page.getByText(/New code does not load: SyntaxError/).waitFor();
    await page
      .getByText(/handler\.mjs:\d+:\d+/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Problems only' }).click();
    await expect.poll(() => page.getByText(/New code is live/).count()).toBe(0);
    await page.getByText(/New code does not load/).waitFor();
    await expect.poll(() => page.url()).toContain('problems=true');

    await page.reload();
    await page.getByText(/New code does not load/).waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Problems only' }).getAttribute('aria-pressed'))
      .toBe('true');
  });

  it('searches, filters by kind, and keeps both in the address', async () => {
    const id = await createFunction(daemon.url, { title: 'searched', code: SHOP });
    for (const path of ['/apples', '/pears']) await fetch(`${daemon.url}/endpoint/${id}${path}`);
    const { page } = await browser.visit(`${daemon.url}/lambda/activity`);
    await page.getByRole('combobox', { name: 'Function' }).selectOption({ label: 'searched' });
    await page.getByRole('button', { name: 'Requests', exact: true }).click();
    await page
      .getByRole('button', { name: /GET \/pears/ })
      .first()
      .waitFor();
    await expect.poll(() => page.getByText('Created').count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Search the activity' }).fill('APPLES');
    await expect.poll(() => page.getByRole('button', { name: /\/pears/ }).count()).toBe(0);
    await expect.poll(() => new URL(page.url()).search).toBe(`?kinds=requests&function=${id}&search=APPLES`);
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('Nothing of this kind has happened').waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.getByText('Created').first().waitFor();
  });

  it('tells hundreds of requests in a few rows, and waits while it is paused', async () => {
    const id = await createFunction(daemon.url, { title: 'busy', code: SHOP });
    const { page } = await browser.visit(`${daemon.url}/lambda/activity?function=${id}&kinds=requests`);
    await page.getByText('Live').waitFor();
    const many = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => fetch(`${daemon.url}/endpoint/${id}/${index}`)),
      );
    await many(200);
    const told = async () => {
      const bursts = await page.getByText(/^\d+ (more requests|request)$/).allTextContents();
      const rows = await page.getByRole('button', { name: /\d{3} GET \/\d+/ }).count();
      return bursts.reduce((sum, text) => sum + Number.parseInt(text, 10), rows);
    };
    await expect.poll(told).toBe(200);
    await expect.poll(() => page.getByRole('listitem').count()).toBeLessThan(60);

    await page.getByRole('button', { name: 'Pause' }).click();
    const rows = await page.getByRole('listitem').count();
    await many(3);
    await page.getByRole('button', { name: '3 new' }).waitFor();
    await expect.poll(() => page.getByRole('listitem').count()).toBe(rows);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => page.getByRole('button', { name: '3 new' }).count()).toBe(0);
    await page
      .getByText(/\d+ more requests/)
      .last()
      .click();
    await page.getByRole('list', { name: 'The newest of them' }).getByRole('listitem').first().waitFor();
  });

  it('keeps the focus where it is while rows come in above it', async () => {
    const id = await createFunction(daemon.url, { title: 'focused', code: SHOP });
    await fetch(`${daemon.url}/endpoint/${id}/first`);
    const { page } = await browser.visit(`${daemon.url}/lambda/activity?function=${id}`);
    const first = page.getByRole('button', { name: /GET \/first/ }).first();
    await first.focus();
    await fetch(`${daemon.url}/endpoint/${id}/second`);
    await page
      .getByRole('button', { name: /GET \/second/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Response' }).waitFor();
    await expect.poll(() => first.getAttribute('aria-expanded')).toBe('true');
  });

  it.each([
    ['light', 1280, 'light'],
    ['dark', 1280, 'dark'],
    ['narrow', 360, 'light'],
  ] as const)('can be used by everyone: %s', async (name, width, colorScheme) => {
    const { page } = await browser.visit(`${daemon.url}/lambda/activity`, {
      viewport: { width, height: 800 },
      colorScheme,
    });
    await page
      .getByRole('button', { name: /500 GET \/flaky/ })
      .first()
      .click();
    await page.getByText('out of stock').first().waitFor();
    await expectAccessible(page);
    await shoot(page, `activity-${name}`);
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(width);
  });
});
