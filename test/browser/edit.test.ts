import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shoot, useBrowser } from '../support/browser.ts';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { codeIn, codeOf, isFocused, typeCode } from '../support/editor.ts';
import { freePortPair } from '../support/free-ports.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';

const browser = useBrowser();
let daemon: RunningDaemon;

/** In each language: what a function of one's own answers, and how its code becomes another. */
const LANGUAGES = [
  { runtime: 'Node.js 20', first: 'Hello, world!', from: 'Hello, world!', to: 'Good evening' },
  { runtime: 'Python 3.12', first: 'Hello world!', from: 'Hello world!', to: 'Guten Abend' },
  { runtime: 'Go 1.22', first: 'Hello World', from: 'Hello World', to: 'Buona sera' },
];

beforeAll(async () => {
  daemon = await startDaemon();
});
afterAll(() => daemon[Symbol.asyncDispose]());

describe('writing a function', () => {
  it.each(LANGUAGES)('makes one of $runtime, and changes what it answers', async (language) => {
    const { runtime, first, from, to } = language;
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.getByRole('link', { name: 'New function' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill(`hello in ${runtime}`);
    await page.getByRole('radio', { name: runtime }).check({ force: true });
    await page.getByRole('button', { name: 'Create function' }).click();
    await page.waitForURL('**/lambda/info?id=*');
    await page.getByText('Ready', { exact: true }).waitFor();
    const endpoint = (await page.getByRole('link', { name: '/endpoint/' }).getAttribute('href'))!;
    expect((await get(`${endpoint}?a=1`)).text).toContain(first);

    await typeCode(page, (await codeOf(page)).replace(from, to));
    await page.getByText('Unsaved').waitFor();
    await expect.poll(() => page.title()).toBe(`• hello in ${runtime} · lambdock`);
    await page.keyboard.press('Control+s');
    await page.getByText(/^Live in [\d.]+ m?s$/).waitFor();
    expect((await get(endpoint)).text).toContain(to);
    await expect.poll(() => page.title()).toBe(`hello in ${runtime} · lambdock`);
    expect(problems).toEqual([]);
  });

  it('says what is wrong at the field, and goes there', async () => {
    const { page } = await browser.visit(`${daemon.url}/lambda/add`);
    await typeCode(page, '  ');
    await page.getByRole('button', { name: 'Create function' }).click();
    await page.getByText('Title must not be empty.').waitFor();
    const title = page.getByRole('textbox', { name: 'Title' });
    await expect.poll(() => isFocused(title)).toBe(true);
    await shoot(page, 'add-wrong');
    await title.fill('has a title');
    await page.keyboard.press('Control+s');
    await page.getByText('Code must not be empty.').waitFor();
    await eventually(() => isFocused(codeIn(page)));
  });

  it('keeps a draft for each runtime, also when the page is loaded again', async () => {
    const { page } = await browser.visit(`${daemon.url}/lambda/add`);
    page.on('dialog', (dialog) => dialog.accept());
    await page.getByRole('textbox', { name: 'Title' }).fill('later');
    await typeCode(page, answering('of node'));
    await page.getByRole('radio', { name: 'Python' }).check({ force: true });
    await typeCode(page, 'def handler():\n    return "of python"\n');
    await page.reload();
    await expect.poll(() => codeOf(page)).toContain('of python');
    await expect.poll(() => page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('later');
    await page.getByRole('radio', { name: 'Node.js' }).check({ force: true });
    await expect.poll(() => codeOf(page)).toContain('of node');

    await page.getByRole('button', { name: 'Create function' }).click();
    await page.waitForURL('**/lambda/info?id=*');
    await page.getByRole('link', { name: 'New function' }).click();
    await page.getByRole('heading', { name: 'New function' }).waitFor();
    await expect.poll(() => page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('');
    await expect.poll(() => codeOf(page)).toContain('Hello, world!');
    await page.getByRole('radio', { name: 'Python' }).check({ force: true });
    await expect.poll(() => codeOf(page)).toContain('of python');
  });
});

describe('editing a function', () => {
  it('shows broken code where it is broken, until it is mended', async () => {
    const { page } = await openNew('breaks', answering('whole'));
    await typeCode(page, 'export default (req, res) => {\n  res.end("a" "b");\n};\n');
    await page.getByRole('button', { name: 'Save' }).click();
    const problem = page.getByRole('alert').filter({ hasText: 'SyntaxError' });
    await problem.waitFor();
    await page.getByText('Failed', { exact: true }).waitFor();
    await expect.poll(() => page.locator('.cm-lint-marker-error').count()).toBe(1);
    await expect.poll(() => codeIn(page).getAttribute('aria-invalid')).toBe('true');
    await problem.getByRole('button', { name: /^handler\.mjs:2/ }).click();
    await expect.poll(() => page.locator('.cm-activeLine').textContent()).toContain('res.end');

    await typeCode(page, answering('mended'));
    await page.keyboard.press('Control+s');
    await expect.poll(() => problem.count()).toBe(0);
    await page.getByText('Ready', { exact: true }).waitFor();
    await expect.poll(() => page.locator('.cm-lint-marker-error').count()).toBe(0);
  });

  it('keeps what is not saved when the page is loaded again, and lets it be discarded', async () => {
    const { page } = await openNew('draft', answering('saved'));
    page.on('dialog', (dialog) => dialog.accept());
    await typeCode(page, answering('typed'));
    await page.reload();
    await page.getByText('Your unsaved draft').waitFor();
    await expect.poll(() => codeOf(page)).toContain('typed');
    await page.getByRole('button', { name: 'Discard draft' }).click();
    await expect.poll(() => codeOf(page)).toContain('saved');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => codeOf(page)).toContain('typed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Live in/).waitFor();
    await page.reload();
    await expect.poll(() => codeOf(page)).toContain('typed');
    await expect.poll(() => page.getByText('Your unsaved draft').count()).toBe(0);
  });

  it('asks before the page is left with something unsaved', async () => {
    const { page } = await openNew('leaving', answering('saved'));
    await typeCode(page, answering('typed'));
    await page.getByRole('link', { name: 'Functions', exact: true }).click();
    await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
    await page.getByRole('button', { name: 'Stay' }).click();
    await expect.poll(() => codeOf(page)).toContain('typed');

    const asked = new Promise<string>((resolve) => {
      page.once('dialog', (dialog) => {
        resolve(dialog.type());
        void dialog.dismiss();
      });
    });
    void page.reload().catch(() => {});
    expect(await asked).toBe('beforeunload');

    await page.getByRole('link', { name: 'Functions', exact: true }).click();
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.getByRole('link', { name: 'leaving', exact: true }).click();
    await page.getByText('Your unsaved draft').waitFor();
  });

  it('loses nothing when the daemon is gone while saving', async () => {
    const port = String(await freePortPair());
    const first = await startDaemon({ args: ['--port', port] });
    const id = await createFunction(first.url, { code: answering('saved') });
    const { page } = await browser.visit(`${first.url}/lambda/info?id=${id}`);
    await typeCode(page, answering('typed'));
    first.process.kill('SIGKILL');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved:').waitFor();
    await page.getByText('Your code is kept in this browser.').waitFor();
    await shoot(page, 'info-not-saved');

    await using second = await startDaemon({ args: ['--port', port], dataDir: first.dataDir });
    await page.getByText('is back now').waitFor();
    await page.getByRole('button', { name: 'Save again' }).click();
    await page.getByText(/^Live in/).waitFor();
    await expect.poll(() => isFocused(codeIn(page))).toBe(true);
    expect((await get(`${second.url}/endpoint/${id}`)).text).toBe('typed');
  });

  it('gives it another title in place, and refuses an empty one', async () => {
    const { page, id } = await openNew('old name', answering('x'));
    const title = page.getByRole('textbox', { name: 'Title' });
    await title.fill('  ');
    await title.press('Enter');
    await page.getByText('Title must not be empty.').waitFor();
    await title.press('Escape');
    await expect.poll(() => title.inputValue()).toBe('old name');
    await title.fill('new name');
    await title.press('Enter');
    await eventually(async () => (await page.title()) === 'new name · lambdock');
    const answer = await fetch(`${daemon.url}/lambda?id=${id}`);
    expect(((await answer.json()) as { title: string }).title).toBe('new name');
  });

  it('deletes and undoes it; says when someone else did, and restores it', async () => {
    const { page, id } = await openNew('fleeting', answering('x'));
    await page.getByRole('button', { name: 'Delete fleeting' }).click();
    await page.getByText('“fleeting” is deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'fleeting', exact: true }).click();
    await typeCode(page, answering('typed'));

    await fetch(`${daemon.url}/lambda?id=${id}`, { method: 'DELETE' });
    await page.getByText('“fleeting” was deleted').waitFor();
    await shoot(page, 'info-deleted');
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('Your unsaved draft').waitFor();
    await expect.poll(() => codeOf(page)).toContain('typed');
    expect((await get(`${daemon.url}/endpoint/${id}`)).text).toBe('x');
  });

  it('says that there is no such function', async () => {
    const { page } = await browser.visit(`${daemon.url}/lambda/info?id=0123456789abcdef01234567`);
    await page.getByText('There is no such function').waitFor();
    await page.getByRole('link', { name: 'All functions', exact: true }).click();
    await page.getByRole('heading', { name: 'Functions' }).waitFor();
  });

  it('shows the code of a linked file as it changes there, and lets nobody type', async () => {
    using folder = sourceFolder({ 'handler.mjs': answering('before') });
    const { id } = await link(daemon.url, folder.path);
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await expect.poll(() => codeOf(page)).toContain('before');
    await page.getByText('Read-only here').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    await codeIn(page).click();
    await page.keyboard.type('not me');
    await expect.poll(() => codeOf(page)).not.toContain('not me');

    await page.getByRole('button', { name: 'Copy the path' }).click();
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(folder.file('handler.mjs'));
    writeFileSync(folder.file('handler.mjs'), answering('after'));
    await expect.poll(() => codeOf(page)).toContain('after');
    await page.getByText(/^Live in/).waitFor();
    expect(problems).toEqual([]);
  });

  it('is left by Escape and Tab, and says so to who presses Tab', async () => {
    const { page } = await openNew('keys', answering('x'));
    await codeIn(page).focus();
    await page.keyboard.press('Tab');
    await page.getByText('Press Escape, then Tab, to leave').waitFor();
    await expect.poll(() => codeOf(page)).toContain('  export');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect.poll(() => isFocused(codeIn(page))).toBe(false);
  });
});

async function openNew(title: string, code: string): Promise<{ page: Page; id: string }> {
  const id = await createFunction(daemon.url, { title, code });
  const { page } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`);
  await codeIn(page).waitFor();
  return { page, id };
}
