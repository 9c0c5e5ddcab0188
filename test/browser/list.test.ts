import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';

const HELLO = 'export default (req, res) => res.json({ hello: req.query.name });';
const browser = useBrowser();
let daemon: RunningDaemon;

describe('the list of functions', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it('says what to do when there are none', async () => {
    const { page, problems } = await browser.visit(daemon.url);
    await page.getByText('No functions yet').waitFor();
    await expectAccessible(page);
    await shoot(page, 'list-empty');
    await page.getByRole('link', { name: 'Write the first one' }).click();
    await page.getByRole('heading', { name: 'New function' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('shows what others create, call, break and delete, without being loaded again', async () => {
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.getByText('No functions yet').waitFor();
    const id = await createFunction(daemon.url, { title: 'orders', code: HELLO });
    const row = page.getByRole('row', { name: 'orders' });
    await row.getByText('Ready').waitFor();

    await fetch(`${daemon.url}/endpoint/${id}?name=a`);
    await row.getByRole('img', { name: '1 request, 0 failed' }).waitFor();

    await patch(id, { code: 'export default (req, res) => {\n  res.end(\n' });
    await row.getByText('Failed', { exact: true }).waitFor();
    await row.getByText(/^line \d+: /).waitFor();
    await shoot(page, 'list-broken');
    await expectAccessible(page);

    await patch(id, { code: HELLO, title: 'orders 2' });
    await page.getByRole('row', { name: 'orders 2' }).getByText('Ready').waitFor();
    await fetch(`${daemon.url}/lambda?id=${id}`, { method: 'DELETE' });
    await page.getByText('No functions yet').waitFor();
    expect(problems).toEqual([]);
  });

  it('deletes, and undoes that', async () => {
    const id = await createFunction(daemon.url, { title: 'precious', code: HELLO });
    const { page } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.getByRole('button', { name: 'Delete precious' }).click();
    await page.getByText('“precious” is deleted').waitFor();
    await expect.poll(async () => (await fetch(`${daemon.url}/endpoint/${id}`)).status).toBe(404);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('“precious” is back').waitFor();
    await page.getByRole('row', { name: 'precious' }).waitFor();
    expect((await fetch(`${daemon.url}/endpoint/${id}?name=b`)).status).toBe(200);
    await fetch(`${daemon.url}/lambda?id=${id}`, { method: 'DELETE' });
  });

  it('opens an endpoint in a tab of its own, and copies its address', async () => {
    const id = await createFunction(daemon.url, { title: 'open me', code: HELLO });
    const { page } = await browser.visit(`${daemon.url}/lambda/list`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const link = page.getByRole('link', { name: 'Open the endpoint of open me' });
    const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await opened.waitForLoadState();
    await expect.poll(() => opened.textContent('body')).toContain('{}');
    await page.bringToFront();
    await page.getByRole('button', { name: 'Copy the address of open me' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await expect
      .poll(() => page.evaluate('navigator.clipboard.readText()'))
      .toBe(`${daemon.url}/endpoint/${id}`);
    await fetch(`${daemon.url}/lambda?id=${id}`, { method: 'DELETE' });
  });

  it('keeps the focus where it is while rows change around it', async () => {
    const first = await createFunction(daemon.url, { title: 'stays', code: HELLO });
    const { page } = await browser.visit(`${daemon.url}/lambda/list`);
    const link = page.getByRole('link', { name: 'stays', exact: true });
    await link.focus();
    const second = await createFunction(daemon.url, { title: 'arrives above', code: HELLO });
    await page.getByRole('row', { name: 'arrives above' }).getByText('Ready').waitFor();
    await expect.poll(() => link.evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/lambda/info?id=${first}`);
    for (const id of [first, second]) await fetch(`${daemon.url}/lambda?id=${id}`, { method: 'DELETE' });
  });

  it('searches 500 functions, sorts and turns pages', async () => {
    for (let batch = 0; batch < 25; batch++)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          createFunction(daemon.url, {
            title: `fn ${String(batch * 20 + index).padStart(3, '0')}`,
            code: HELLO,
          }),
        ),
      );
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.getByText('Page 1 of 10').waitFor();
    await shoot(page, 'list-500');

    await page.getByRole('button', { name: 'Function', exact: true }).click();
    await page.getByRole('rowheader', { name: 'fn 000' }).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('rowheader', { name: 'fn 050' }).waitFor();
    await page.goBack();
    await page.getByRole('rowheader', { name: 'fn 000' }).waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('fn 49');
    await page.getByRole('rowheader', { name: 'fn 499' }).waitFor();
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(10);
    await page.keyboard.press('Escape');
    await page.getByText('Page 1 of 10').waitFor();
    expect(problems).toEqual([]);
  });
});

async function patch(id: string, changes: object): Promise<void> {
  const response = await fetch(`${daemon.url}/lambda`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, ...changes }),
  });
  expect(response.status).toBe(200);
}
