import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { PATIENCE } from './patience.ts';

const SHOTS = fileURLToPath(new URL('../../test-results/console/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing that calls its maker, and nothing that needs a screen. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** A page, and what went wrong in it. */
export interface Visit {
  page: Page;
  /** Errors of scripts, refusals by the page's own policy, requests to other hosts. Empty when all is well. */
  problems: string[];
}

/** A Chromium for the tests of a file. */
export function useBrowser() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.LAMBDOCK_TEST_CHROMIUM!, args: FLAGS });
  });
  afterAll(() => browser.close());
  return {
    /** Opens an address in a browser that has been nowhere yet. */
    async visit(url: string, options: BrowserContextOptions = {}): Promise<Visit> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const problems = watch(page, new URL(url).host);
      await page.goto(url);
      return { page, problems };
    },
  };
}

/** Keeps a picture among the results of the test run, for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' });
}

/** Fails with what axe-core finds against WCAG 2 A and AA. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
  );
  const found = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
  );
  expect(found).toEqual([]);
}

function watch(page: Page, host: string): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A call that answers 404 or 412 is part of a test; what the page's policy refuses is not.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (protocol !== 'blob:' && asked !== host) problems.push(`a request to ${request.url()}`);
  });
  return problems;
}
