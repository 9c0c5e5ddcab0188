import { describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, startDaemon } from '../support/daemon.ts';
import { freePortPair } from '../support/free-ports.ts';

const HELLO = 'export default (req, res) => res.end("hello");';
const browser = useBrowser();

describe('the console and its daemon', () => {
  it('says that the daemon is gone, and goes on by itself when it is back', async () => {
    const port = String(await freePortPair());
    const first = await startDaemon({ args: ['--port', port] });
    await createFunction(first.url, { title: 'survivor', code: HELLO });
    const { page } = await browser.visit(`${first.url}/lambda/list`);
    await page.getByRole('row', { name: 'survivor' }).getByText('Ready').waitFor();

    first.process.kill('SIGKILL');
    await page.getByText('lambdock is not answering').waitFor();
    // What was loaded stays to be read.
    await page.getByRole('row', { name: 'survivor' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'list-daemon-gone');

    await using second = await startDaemon({ args: ['--port', port], dataDir: first.dataDir });
    await createFunction(second.url, { title: 'new since', code: HELLO });
    await page.getByRole('row', { name: 'new since' }).waitFor();
    await expect.poll(() => page.getByText('lambdock is not answering').count()).toBe(0);
  });

  it('asks for the token where one is needed, and remembers it for this tab only', async () => {
    await using daemon = await startDaemon({ args: ['--token', 'open-sesame-open-sesame'] });
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/add`);
    await page.getByRole('textbox', { name: 'Title' }).fill('needs a token');
    await page.getByRole('button', { name: 'Create function' }).click();
    await page.getByRole('heading', { name: 'Sign in to lambdock' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'login');

    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This is not the token.').waitFor();
    await page.getByLabel('Token').fill('open-sesame-open-sesame');
    await page.keyboard.press('Enter');
    // What was typed before is still there.
    await expect.poll(() => page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('needs a token');
    await page.getByRole('button', { name: 'Create function' }).click();
    await page.waitForURL('**/lambda/info?id=*');
    expect(problems).toEqual([]);

    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to lambdock' }).waitFor();
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBeLessThan(5);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(
      'sesame',
    );
  });
});
