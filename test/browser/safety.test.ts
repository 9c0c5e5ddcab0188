import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../support/daemon.ts';

const MARKUP =
  '<img src=x onerror="document.title=\'taken over\'"><script>document.title="taken over"</script>';
const browser = useBrowser();
let daemon: RunningDaemon;

describe('the safety of the console', () => {
  beforeAll(async () => {
    daemon = await startDaemon();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it('serves pages that run nothing but their own files', async () => {
    const answer = await fetch(`${daemon.url}/`, { headers: { accept: 'text/html' } });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await answer.text()).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=/);
    const again = await fetch(`${daemon.url}/`, { headers: { accept: 'text/html' } });
    expect(again.headers.get('content-security-policy')).not.toBe(policy); // the nonce is used once
  });

  it('shows titles, logs and answers as the text that they are', async () => {
    const code = `export default (req, res) => { console.log(${JSON.stringify(MARKUP)}); res.end(${JSON.stringify(MARKUP)}); }`;
    const id = await createFunction(daemon.url, { title: MARKUP.slice(0, 150), code });
    await fetch(`${daemon.url}/endpoint/${id}`);
    for (const path of ['/lambda/list', `/lambda/info?id=${id}`, '/lambda/activity']) {
      const { page, problems } = await browser.visit(daemon.url + path);
      await page.getByText('<img src=x').filter({ visible: true }).first().waitFor();
      await expect.poll(() => page.title()).not.toBe('taken over');
      await expect.poll(() => page.locator('img[src=x]').count()).toBe(0);
      expect(problems).toEqual([]);
    }
  });

  it('keeps an injected script from running, should one ever get in', async () => {
    const { page, problems } = await browser.visit(`${daemon.url}/lambda/list`);
    await page.evaluate(`
      const script = document.createElement('script');
      try { script.text = 'window.ran = true'; } catch {}
      document.body.append(script);
    `);
    await expect.poll(() => page.evaluate('window.ran')).toBeUndefined();
    expect(problems.join()).toMatch(/Content Security Policy|TrustedScript/);
  });

  it('gives pages of other sites nothing: no answer, no frame, no change', async () => {
    const id = await createFunction(daemon.url, { title: 'not yours', code: 'export default () => {}' });
    const site = createServer((_req, res) =>
      res.setHeader('content-type', 'text/html').end('<title>another site</title>'),
    );
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { port } = site.address() as AddressInfo;
    try {
      const { page } = await browser.visit(`http://127.0.0.1:${port}/`);
      const tries = await page.evaluate<unknown[]>(`Promise.all([
        fetch(${JSON.stringify(`${daemon.url}/lambda/list`)}).then((r) => r.text(), () => 'refused'),
        fetch(${JSON.stringify(`${daemon.url}/lambda?id=${id}`)}, { method: 'DELETE' }).then((r) => r.status, () => 'refused'),
        fetch(${JSON.stringify(`${daemon.url}/_lambdock/journal`)}).then((r) => r.text(), () => 'refused'),
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = ${JSON.stringify(`${daemon.url}/`)};
          frame.onload = () => {
            try { resolve(frame.contentDocument === null ? 'refused' : frame.contentDocument.title); } catch { resolve('refused'); }
          };
          document.body.append(frame);
        }),
      ])`);
      expect(tries).toEqual(['refused', 'refused', 'refused', 'refused']);
      expect((await fetch(`${daemon.url}/lambda?id=${id}`)).status).toBe(200);
    } finally {
      site.close();
    }
  });

  it('answers programs with JSON on the addresses that pages have, and serves no other file', async () => {
    const list = await fetch(`${daemon.url}/lambda/list`);
    expect(list.headers.get('content-type')).toContain('application/json');
    expect(list.headers.get('vary')).toContain('Accept');
    const root = (await (await fetch(`${daemon.url}/`)).json()) as { name: string };
    expect(root.name).toBe('lambdock');
    for (const path of [
      'build.json',
      'index.html',
      'assets/../index.html',
      'assets/%2e%2e/build.json',
      'assets/',
    ])
      expect((await fetch(`${daemon.url}/_lambdock/console/${path}`)).status).toBe(404);
  });
});
