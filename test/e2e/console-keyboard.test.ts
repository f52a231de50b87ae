import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();

/** What has the focus, and whether it is seen to have it. */
const FOCUSED = `(() => {
  const { activeElement: element } = document;
  if (element === null || element === document.body) return { name: '', isSeen: false };
  const label = element.labels?.[0]?.textContent ?? '';
  const around = element.closest('.labels-input, .search-field') ?? element;
  const { outlineStyle } = getComputedStyle(around);
  return { name: element.getAttribute('aria-label') ?? (label || element.textContent), isSeen: outlineStyle !== 'none' };
})()`;

describe.skipIf(executablePath === null)('the console, by keyboard alone', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let one: ConsoleBrowser;
  let page: Page;

  beforeAll(async () => {
    home = await makeE2eHome('console-keyboard');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    const root = (server.url ?? '').replace(/graphql$/, '');
    one = await openConsole(browser, root);
    page = one.page;
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await home?.stop();
  });

  const focused = () => page.evaluate(FOCUSED) as Promise<{ name: string; isSeen: boolean }>;

  /** It may come with the page, or the dialog, a moment later. */
  const untilFocused = (name: string) => eventually(focused, (found) => found.name.trim() === name && found.isSeen);

  /** Goes on from field to field until one has this name; each on the way is seen to have the focus. */
  async function tabTo(name: string | RegExp, key = 'Tab'): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press(key);
      const found = await focused();
      if (found.name !== '' && !found.isSeen) throw new Error(`"${found.name}" has the focus, and nobody sees it`);
      if (typeof name === 'string' ? found.name.trim() === name : name.test(found.name)) return;
      passed.push(found.name);
    }
    throw new Error(`no ${key} leads to ${name}: ${passed.join(' | ')}`);
  }

  /** By the search that opens anywhere. */
  async function goTo(words: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search for anything by name or id').waitFor();
    await page.keyboard.type(words);
    await page.getByRole('menuitem', { name: words }).first().waitFor();
    await page.keyboard.press('Enter');
  }

  const untilSucceeded = () => page.locator('.page-title .state', { hasText: 'Succeeded' }).waitFor();

  test('signs in, creates a server and takes an image of it', async () => {
    await one.open('');
    await page.getByLabel('Password').waitFor();
    await page.keyboard.type('admin');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    await goTo('Create instance');
    await page.getByRole('heading', { name: 'Create instance' }).waitFor();
    await untilFocused('Name');
    await page.keyboard.type('shop');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/operations/*');
    await untilSucceeded();

    await goTo('Take image of shop');
    await page.getByRole('dialog').waitFor();
    await untilFocused('Name of the image');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('monday');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/operations/*');
    await untilSucceeded();
  });

  test('walks through the steps of an operation, and reads its log', async () => {
    await tabTo(/Look up the source/);
    await page.keyboard.press('j');
    const second = await focused();
    expect(second.isSeen).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL(/step=\d/);
    await tabTo('Search in the log');
  });

  test('restores it from the overview', async () => {
    await goTo('Overview');
    await page.getByRole('row', { name: /shop/ }).waitFor();
    await page.keyboard.press('j');
    await tabTo('Restore shop');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Restore monday' }).waitFor();
    await page.getByLabel('Name of the new instance').waitFor();
    await tabTo('Name of the new instance');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('shop-again');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/operations/*');
    await untilSucceeded();
  });

  test('filters, moves, selects and acts in a table', async () => {
    await goTo('Instances');
    await page.getByRole('row', { name: /shop-again/ }).waitFor();
    await page.keyboard.press('/');
    await untilFocused('Search by name, label or id');
    await page.keyboard.type('again');
    await page.getByText('1 of 2 instances').waitFor();
    await page.keyboard.press('Tab');
    await tabTo(/^Select all/);
    await page.keyboard.press('j');
    await page.keyboard.press('Space');
    await page.getByRole('region', { name: 'With those selected' }).getByText('1 instance').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'shop-again' }).waitFor();
  });

  test('asks before it deletes, gives the focus back to who leaves it, and deletes', async () => {
    await tabTo('More for shop-again');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await untilFocused('More for shop-again');

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await goTo('shop-again');
    await tabTo('More for shop-again');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await untilFocused('Type shop-again to delete it');
    await page.keyboard.type('shop-again');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/operations/*');
    await untilSucceeded();
    expect(one.faults).toEqual([]);
  });
});
