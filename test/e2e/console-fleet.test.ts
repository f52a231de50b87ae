import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { fillFleet } from '../support/console-fleet.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
const COUNT = 500;
const executablePath = findChromium();

describe.skipIf(executablePath === null)('the console, before five hundred instances', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let root: string;
  let one: ConsoleBrowser;
  let page: Page;

  beforeAll(async () => {
    home = await makeE2eHome('console-fleet');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    root = (server.url ?? '').replace(/graphql$/, '');
    await fillFleet(home.directory, COUNT);
    one = await openConsole(browser, root);
    page = one.page;
    await one.open('instances');
    await one.signIn('admin', PASSWORD);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await home?.stop();
  });

  const rows = () => page.getByRole('table', { name: 'Instances' }).locator('tbody tr');
  const names = () => page.locator('tbody .title-cell').allInnerTexts();
  const untilRows = (count: number) =>
    eventually(
      () => rows().count(),
      (found) => found === count,
    );

  /** How many instances in which something could be lost the server counts. */
  async function countLasting(filter = ''): Promise<number> {
    const response = await fetch(server.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
      body: JSON.stringify({
        query: `{ instances(first: 1, filter: { state: [CREATING, RUNNING, STOPPED] ${filter} }) { totalCount } }`,
      }),
    });
    return ((await response.json()) as { data: { instances: { totalCount: number } } }).data.instances.totalCount;
  }

  test('searches, filters and sorts all of them', async () => {
    await untilRows(COUNT);
    await page.getByText(`${COUNT} instances`).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('shop-01');
    await untilRows(100);
    await page.getByText(`100 of ${COUNT} instances`).waitFor();
    await page.getByLabel('State').selectOption('STOPPED');
    await untilRows(20);
    await page.getByRole('button', { name: 'Name' }).click();
    expect((await names())[0]).toBe('shop-0195');
    // What is shown is the address: a colleague sees the same.
    const other = await openConsole(browser, root);
    await other.open(new URL(page.url()).pathname.slice(1) + new URL(page.url()).search);
    await other.signIn('admin', PASSWORD);
    await eventually(
      () => other.page.locator('tbody .title-cell').allInnerTexts(),
      (found) => found.length === 20 && found[0] === 'shop-0195',
    );
    await other.close();
    await one.open(`instances?label=${encodeURIComponent('team=team-3')}&sort=-size`);
    await untilRows(56);
    const sizes = await page.locator('tbody td[data-name="Volume"]').allInnerTexts();
    expect(sizes.map(Number.parseFloat)).toEqual(sizes.map(Number.parseFloat).sort((a, b) => b - a));
    await one.open('instances?readiness=UNPROTECTED');
    const unprotected = await countLasting('readiness: [UNPROTECTED]');
    expect(unprotected).toBeGreaterThan(200);
    await untilRows(unprotected);
  });

  test('acts on a hundred at once: counted and listed first, a result a line', async () => {
    await one.open('instances?state=STOPPED');
    await untilRows(COUNT / 5);
    await page.getByRole('checkbox', { name: `Select all ${COUNT / 5}` }).check();
    const bar = page.getByRole('region', { name: 'With those selected' });
    await bar.getByText(`${COUNT / 5} instances`).waitFor();
    await bar.getByRole('button', { name: 'Start', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Start: ${COUNT / 5} instances` });
    expect(await dialog.getByRole('listitem').count()).toBe(COUNT / 5);
    expect(await one.audit()).toEqual([]);
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    // They are recorded on a platform that this server does not work on: each is refused, and says so in its line.
    await dialog.getByText(`0 of ${COUNT / 5} begun, ${COUNT / 5} refused`).waitFor();
    const refused = dialog.getByRole('listitem').filter({ hasText: 'belongs to the platform another' });
    expect(await refused.count()).toBe(COUNT / 5);
    expect(await one.audit()).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await untilRows(COUNT / 5);
  });

  test('the overview begins with those that are worst off, and shows all when it is asked', async () => {
    await one.open('');
    const table = page.getByRole('table', { name: 'Recoverability of all instances' }).locator('tbody tr');
    await eventually(
      () => table.count(),
      (count) => count === 50,
    );
    // Nothing is in those that never came to life.
    const lasting = await countLasting();
    expect(lasting).toBeLessThan(COUNT);
    await page.getByRole('button', { name: `Show all ${lasting}` }).click();
    expect(await table.count()).toBe(lasting);
    await page.getByText(`${await countLasting('readiness: [UNPROTECTED]')} instances without an image`).waitFor();
    expect(await one.audit()).toEqual([]);
  });
});
