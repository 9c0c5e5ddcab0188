import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { codeIn, codeOf, isFocused, typeCode } from '../support/editor.ts';
import { answering, get } from '../support/functions.ts';

const browser = useBrowser();
let daemon: RunningDaemon;

describe('two who edit the same function', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it('see what the other saves while they type nothing, and keep their place', async () => {
    const code = `// one\n// two\n${answering('first')}`;
    const { first, second } = await both(code);
    await second.getByText('// two').click();
    await second.keyboard.press('End');
    await save(first, code.replace('// one', '// one\n// and more'));
    await expect.poll(() => codeOf(second)).toContain('// and more');
    await expect.poll(() => isFocused(codeIn(second))).toBe(true);
    await second.keyboard.type(' mine');
    await expect.poll(() => codeOf(second)).toContain('// two mine');
  });

  it('do not overwrite each other: the second sees both and keeps theirs', async () => {
    const { first, second, endpoint } = await both(answering('base'));
    await typeCode(second, answering('of the second'));
    await save(first, answering('of the first'));
    await second.getByText('Someone else saved this function').waitFor();
    await expect.poll(() => codeOf(second)).toContain('of the second');

    await second.keyboard.press('Control+s');
    const dialog = second.getByRole('dialog', { name: 'Two versions of this code' });
    await dialog.getByText('of the first').first().waitFor();
    await dialog.getByText('of the second').first().waitFor();
    await shoot(second, 'conflict');
    await expectAccessible(second);
    await dialog.getByRole('button', { name: 'Keep mine' }).click();
    await second.getByText(/^Live in/).waitFor();
    expect((await get(endpoint)).text).toBe('of the second');
    await expect.poll(() => codeOf(first)).toContain('of the second');
    await expect.poll(() => isFocused(codeIn(second))).toBe(true);
  });

  it('can take what the other saved, and take that back', async () => {
    const { first, second, endpoint } = await both(answering('base'));
    await typeCode(second, answering('of the second'));
    await save(first, answering('of the first'));
    await second.getByRole('button', { name: 'Compare' }).click();
    await second.getByRole('button', { name: 'Take theirs' }).click();
    await expect.poll(() => codeOf(second)).toContain('of the first');
    await expect.poll(() => second.getByText('Unsaved').count()).toBe(0);
    expect((await get(endpoint)).text).toBe('of the first');
    await second.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => codeOf(second)).toContain('of the second');
    await second.getByText('Unsaved').waitFor();
  });

  it('can go on editing and decide later', async () => {
    const { first, second, endpoint } = await both(answering('base'));
    await typeCode(second, answering('of the second'));
    await save(first, answering('of the first'));
    await second.getByRole('button', { name: 'Compare' }).click();
    await second.getByRole('button', { name: 'Go on editing' }).click();
    await typeCode(second, answering('of both'));
    await second.getByText('Someone else saved this function').waitFor();
    await second.getByRole('button', { name: 'Save' }).click();
    await second.getByRole('button', { name: 'Keep mine' }).click();
    await second.getByText(/^Live in/).waitFor();
    expect((await get(endpoint)).text).toBe('of both');
  });

  it('are told by the refusal when the news came too late', async () => {
    const { first, second, endpoint } = await both(answering('base'));
    // As if the daemon had not told of it yet.
    await second.route('**/lambda?id=*', (route) => route.abort());
    await typeCode(second, answering('of the second'));
    await save(first, answering('of the first'));
    await second.unroute('**/lambda?id=*');
    await second.getByRole('button', { name: 'Save' }).click();
    await second.getByRole('dialog', { name: 'Two versions of this code' }).waitFor();
    expect((await get(endpoint)).text).toBe('of the first');
    await second.keyboard.press('Escape');
    await expect.poll(() => codeOf(second)).toContain('of the second');
  });

  it('are in nobody’s way with another title', async () => {
    const { first, second, endpoint } = await both(answering('base'));
    await typeCode(second, answering('of the second'));
    const title = first.getByRole('textbox', { name: 'Title' });
    await title.fill('renamed');
    await title.press('Enter');
    await expect.poll(() => second.title()).toBe('• renamed · lambdock');
    await second.keyboard.press('Control+s');
    await second.getByText(/^Live in/).waitFor();
    expect((await get(endpoint)).text).toBe('of the second');
  });

  it('learn after a reload that the other saved in between', async () => {
    const { first, second } = await both(answering('base'));
    second.on('dialog', (dialog) => dialog.accept());
    await typeCode(second, answering('of the second'));
    await second.goto('about:blank');
    await save(first, answering('of the first'));
    await second.goBack();
    await second.getByText('Someone else saved this function').waitFor();
    await expect.poll(() => codeOf(second)).toContain('of the second');
  });

  it('compare in one column where there is no room for two', async () => {
    const { first, second } = await both(answering('base'), { width: 360, height: 740 });
    await typeCode(second, answering('of the second'));
    await save(first, answering('of the first'));
    await second.getByRole('button', { name: 'Compare' }).click();
    await second.locator('.cm-deletedChunk').getByText('of the first').waitFor();
    await shoot(second, 'conflict-360');
    await expectAccessible(second);
  });
});

async function both(code: string, viewport?: { width: number; height: number }) {
  const id = await createFunction(daemon.url, { title: 'shared', code });
  const address = `${daemon.url}/lambda/info?id=${id}`;
  const { page: first } = await browser.visit(address);
  const { page: second } = await browser.visit(address, viewport ? { viewport } : {});
  for (const page of [first, second]) await codeIn(page).waitFor();
  return { first, second, endpoint: `${daemon.url}/endpoint/${id}` };
}

async function save(page: Page, code: string): Promise<void> {
  await typeCode(page, code);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^Live in/).waitFor();
}
