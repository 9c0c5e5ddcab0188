import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { isFocused } from '../support/editor.ts';

const HELLO = 'export default (req, res) => res.end("hello");';
const browser = useBrowser();
let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});
afterAll(() => daemon[Symbol.asyncDispose]());

describe('the focus', () => {
  it('goes to the page by its link, also while something there is unsaved', async () => {
    const { page } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.getByRole('link', { name: 'New function' }).first().click();
    await page.getByRole('textbox', { name: 'Title' }).fill('unsaved');
    await page.getByRole('link', { name: 'Skip to the page' }).press('Enter');
    await page.waitForURL('**/lambda/add#main');
    await expect.poll(() => isFocused(page.getByRole('main'))).toBe(true);

    await page.goBack();
    await page.waitForURL((url) => url.hash === '');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.goBack();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL('**/lambda/list');
  });

  it('is in the next page when what had it went with the one before', async () => {
    const { page } = await browser.visit(`${daemon.url}/lambda/add`);
    await page.getByRole('textbox', { name: 'Title' }).fill('made by keyboard');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/lambda/info?id=*');
    await expect.poll(() => isFocused(page.getByRole('main'))).toBe(true);
  });

  it('is in the page when the message goes whose button was pressed', async () => {
    await createFunction(daemon.url, { title: 'deleted by mistake', code: HELLO });
    const { page } = await browser.visit(`${daemon.url}/lambda/list`);
    const row = page.getByRole('row', { name: 'deleted by mistake' });
    await row.getByRole('button', { name: /^Delete/ }).press('Enter');
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await row.waitFor();
    await expect.poll(() => isFocused(page.getByRole('main'))).toBe(true);
  });

  it('stays on the button that sends', async () => {
    const id = await createFunction(daemon.url, { title: 'sent by keyboard', code: HELLO });
    const { page } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
    const send = page.getByRole('button', { name: 'Send', exact: true });
    await send.press('Enter');
    await page.getByText('200 OK').waitFor();
    await expect.poll(() => isFocused(send)).toBe(true);
  });
});

describe('a browser that keeps nothing', () => {
  it('still shows and makes functions', async () => {
    const { page, problems } = await browser.visit('about:blank');
    await page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });`);
    await page.goto(`${daemon.url}/lambda/add`);
    await page.getByRole('textbox', { name: 'Title' }).fill('kept by the daemon alone');
    await page.getByRole('button', { name: 'Create function' }).click();
    await page.getByRole('heading').getByRole('textbox', { name: 'Title' }).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('200 OK').waitFor();
    expect(problems.filter((problem) => !problem.startsWith('a request to'))).toEqual([]);
  });
});
