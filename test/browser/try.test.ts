import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, shoot, useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';

const ECHO = `
export default async (req, res) => {
  const path = req.url.split('?')[0];
  if (path === '/html') return res.type('html').send('<h1 id="x">Hello</h1><script>document.title = "taken over"</script>');
  if (path === '/image') return res.type('image/svg+xml').send('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>');
  if (path === '/binary') return res.type('application/octet-stream').send(Buffer.from([0, 1, 254, 255]));
  if (path === '/big') return res.type('text/plain').send('x'.repeat(3_000_000));
  if (path === '/exit') process.exit(3);
  if (path === '/slow') await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (path === '/stream') {
    res.type('text/plain').write('first part');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  res.set('x-answer', 'yes').json({ method: req.method, url: req.url, tag: req.headers['x-tag'], cookie: req.headers.cookie, body: req.body });
};`;

const browser = useBrowser();
let daemon: RunningDaemon;
let id: string;

describe('trying a function', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
    id = await createFunction(daemon.url, { title: 'echo', code: ECHO });
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  async function visit() {
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const panel = page.getByRole('region', { name: 'Try', exact: true });
    await panel.getByRole('button', { name: 'Send' }).waitFor();
    const get = async (path: string) => {
      await panel.getByRole('combobox', { name: 'Method' }).selectOption('GET');
      await panel.getByRole('textbox', { name: 'Path' }).fill(path);
      await page.keyboard.press('Enter');
    };
    return { page, problems, panel, get };
  }

  it('sends what is typed, shows the answer, and gives it as a curl command', async () => {
    const { page, problems, panel } = await visit();
    await panel.getByRole('combobox', { name: 'Method' }).selectOption('POST');
    await panel.getByRole('textbox', { name: 'Path' }).fill('/orders');
    await panel.getByRole('combobox', { name: 'Parameter 1 name' }).fill('page');
    await panel.getByRole('textbox', { name: 'Parameter 1 value' }).fill('2 3');
    await panel.getByRole('tab', { name: 'Headers' }).first().click();
    await panel.getByRole('combobox', { name: 'Header 1 name' }).fill('x-tag');
    await panel.getByRole('textbox', { name: 'Header 1 value' }).fill('blue');
    await panel.getByRole('combobox', { name: 'Header 2 name' }).fill('cookie');
    await panel.getByRole('textbox', { name: 'Header 2 value' }).fill('a=b');
    await panel.getByText('Browsers set it themselves').waitFor();
    await panel.getByRole('tab', { name: 'Body' }).first().click();
    await panel.getByRole('textbox', { name: 'Body' }).fill('{"item":');
    await panel.getByText('This is not valid JSON').waitFor();
    await panel.getByRole('textbox', { name: 'Body' }).fill('{"item":"book"}');
    await page.keyboard.press('Control+Enter');

    await panel.getByText('200 OK').waitFor();
    const answer = panel.getByRole('region', { name: 'Content of the body' });
    const shown = { method: 'POST', url: '/orders?page=2%203', tag: 'blue', body: { item: 'book' } };
    await expect.poll(async () => JSON.parse((await answer.textContent()) || '{}')).toEqual(shown);
    await panel.getByRole('tab', { name: 'Headers' }).last().click();
    await panel.getByText('x-answer').waitFor();
    await expectAccessible(page);
    await shoot(page, 'try');

    await panel.getByRole('button', { name: 'Copy as curl' }).click();
    await panel.getByRole('button', { name: 'Copied' }).waitFor();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(command).toContain(`'${daemon.url}/endpoint/${id}/orders?page=2%203'`);
    expect(command).toContain("-H 'cookie: a=b'");

    // It is there again, and with one click what was sent is, too.
    await page.reload();
    await panel.getByRole('textbox', { name: 'Path' }).fill('/other');
    await panel.getByRole('tab', { name: 'History 1' }).click();
    await panel.getByRole('button', { name: /POST \/orders/ }).click();
    await expect.poll(() => panel.getByRole('textbox', { name: 'Path' }).inputValue()).toBe('/orders');
    expect(problems).toEqual([]);
  });

  it('shows markup as text, pictures as pictures, bytes as numbers, and the start of what is long', async () => {
    const { page, problems, panel, get } = await visit();
    await get('/html');
    await panel.getByText('<h1 id="x">Hello</h1>').waitFor();
    await expect.poll(() => page.locator('#x').count()).toBe(0);
    await expect.poll(() => page.title()).not.toBe('taken over');
    const link = panel.getByRole('link', { name: 'Open in a new tab' });
    await expect.poll(() => link.getAttribute('href')).toBe(`/endpoint/${id}/html`);

    await get('/image');
    await panel.getByRole('img', { name: 'The body' }).waitFor();
    await panel.getByText('40 × 30').waitFor();
    await get('/binary');
    await panel.getByText('00 01 fe ff').waitFor();
    await get('/big');
    await panel.getByText('The first 1 MB of 3 MB.').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: 'Download the body' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('response.txt');
    expect(problems).toEqual([]);
  });

  it('shows an answer as it arrives, and can be told to stop', async () => {
    const { panel, get } = await visit();
    await get('/stream');
    await panel.getByText('first part').waitFor();
    await panel.getByText('receiving…').waitFor();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText('cancelled').waitFor();
    await panel.getByText('first part').waitFor();
    await get('/slow');
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText('You cancelled the request').waitFor();
    await panel.getByRole('button', { name: 'Send' }).waitFor();
  });

  it('says why there is no answer: the function failed, or lambdock is gone', async () => {
    const { panel, get } = await visit();
    await get('/exit');
    await panel.getByText('502 Bad Gateway').waitFor();
    await panel
      .getByText(/exit code 3/)
      .first()
      .waitFor();
    await get('/../../lambda/list');
    await panel.getByText('This path leads out of the function').waitFor();

    const other = await startDaemon();
    const its = await createFunction(other.url, { title: 'gone', code: ECHO });
    const { page } = await browser.visit(`${other.url}/lambda/info?id=${its}`);
    await page.getByRole('button', { name: 'Send' }).waitFor();
    await other.kill();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('There was no answer: lambdock is not running').waitFor();
  });

  it('sends again as soon as new code is live', async () => {
    const live = await createFunction(daemon.url, {
      title: 'live',
      code: 'export default (req, res) => res.end("one")',
    });
    const { page } = await browser.visit(`${daemon.url}/lambda/info?id=${live}`);
    const panel = page.getByRole('region', { name: 'Try', exact: true });
    await panel.getByRole('switch', { name: 'Send again on each reload' }).click();
    await panel.getByRole('button', { name: 'Send' }).click();
    const answer = panel.getByRole('region', { name: 'Content of the body' });
    await answer.getByText('one', { exact: true }).waitFor();
    for (const code of ['export default (req, res) => res.end("two")', 'export default (']) {
      await fetch(`${daemon.url}/lambda`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: live, code }),
      });
      if (code.includes('two')) await answer.getByText('two', { exact: true }).waitFor();
      else
        await panel
          .getByText(/SyntaxError/)
          .first()
          .waitFor();
    }
  });

  it.each([
    ['dark', 1280, 'dark'],
    ['narrow', 360, 'light'],
  ] as const)('can be used by everyone: %s', async (name, width, colorScheme) => {
    const { page } = await browser.visit(`${daemon.url}/lambda/info?id=${id}`, {
      viewport: { width, height: 800 },
      colorScheme,
    });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('200 OK').waitFor();
    await expectAccessible(page);
    await shoot(page, `try-${name}`);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
