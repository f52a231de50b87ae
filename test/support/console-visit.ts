import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { ROOT } from './source-files.ts';

const AXE = readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** A browser of one person, and what it should not have met: errors of the page, requests elsewhere, breaches of the policy. */
export interface ConsoleBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly faults: readonly string[];
  /** Goes to a page of the console. */
  open(place: string): Promise<void>;
  signIn(username: string, password: string): Promise<void>;
  /** What axe finds wrong on the page as it stands; nothing is what it should be. */
  audit(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Opens one that speaks to a server; `root` ends in `/`. */
export async function openConsole(
  browser: Browser,
  root: string,
  { width = 1280, dark = false }: { readonly width?: number; readonly dark?: boolean } = {},
): Promise<ConsoleBrowser> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  const { origin } = new URL(root);
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin) faults.push(`asked ${url}`);
  });
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/Content.Security.Policy|Trusted/i.test(message.text())) faults.push(message.text());
  });
  return {
    context,
    page,
    faults,
    async open(place) {
      await page.goto(`${root}${place}`);
    },
    async signIn(username, password) {
      await page.getByLabel('Name', { exact: true }).fill(username);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('navigation', { name: 'Places' }).waitFor();
    },
    async audit() {
      // By the protocol of the browser, which no policy of a page concerns.
      const session = await context.newCDPSession(page);
      await session.send('Runtime.evaluate', { expression: AXE });
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(
          violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | '))))`,
        awaitPromise: true,
        returnByValue: true,
      });
      await session.detach();
      expect(exceptionDetails).toBeUndefined();
      return JSON.parse(String(result.value)) as string[];
    },
    close: () => context.close(),
  };
}
