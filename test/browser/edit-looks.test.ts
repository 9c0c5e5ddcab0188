import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { codeIn, typeCode } from '../support/editor.ts';
import { answering } from '../support/functions.ts';

/** What the list may cost who opens it for the first time. */
const FIRST_LOAD_BYTES = 250_000;
/** A class that only the editor gives to elements. */
const OF_THE_EDITOR = 'cm-scroller';
const browser = useBrowser();
let daemon: RunningDaemon;

const LOOKS: [name: string, options: BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['360', { viewport: { width: 360, height: 740 } }],
];

describe('the pages that code is edited on', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it.each(LOOKS)('can be read and used by everyone: %s', async (name, options) => {
    const { page: add, problems } = await browser.visit(`${daemon.url}/lambda/add`, options);
    await codeIn(add).waitFor();
    await add.getByRole('button', { name: 'Create function' }).click();
    await add.getByText('Title must not be empty.').waitFor();
    await expectAccessible(add);
    await expectNoSidewaysScroll(add);
    await shoot(add, `add-${name}`);

    const id = await createFunction(daemon.url, { title: 'looks', code: 'export default (req, res) => {\n' });
    const { page: info } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`, options);
    await info.getByRole('alert').getByText('SyntaxError').first().waitFor();
    await codeIn(info).waitFor();
    await expectAccessible(info);
    await typeCode(info, answering('typed'));
    await info.getByText('Unsaved').waitFor();
    await info.keyboard.press('Control+f');
    await info.getByRole('textbox', { name: 'Find' }).waitFor();
    await expectAccessible(info);
    await expectNoSidewaysScroll(info);
    await shoot(info, `info-${name}`);
    expect(problems).toEqual([]);
  });

  it('come with the editor; the list, which most visits begin with, comes without it', async () => {
    const { page } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.getByRole('row').nth(1).waitFor();
    const list = await Promise.all((await filesOf(page)).map(load));
    expect(list.length).toBeGreaterThan(2);
    expect(list.some(({ text }) => text.includes(OF_THE_EDITOR))).toBe(false);
    expect(list.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(FIRST_LOAD_BYTES);

    await page.getByRole('link', { name: 'New function' }).click();
    await codeIn(page).waitFor();
    const all = await Promise.all((await filesOf(page)).map(load));
    expect(all.some(({ text }) => text.includes(OF_THE_EDITOR))).toBe(true);
  });
});

/** The addresses of the console's files that a page has loaded. */
function filesOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/_lambdock/console/'))`,
  );
}

/** A file, and how many bytes of it go over the wire. */
async function load(url: string): Promise<{ text: string; bytes: number }> {
  const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  return { text: await answer.text(), bytes: Number(answer.headers.get('content-length')) };
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  );
  expect(content).toBeLessThanOrEqual(window);
}
