import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { runCommand } from '../support/command-line.ts';
import { checkNarrow, checkPage, signInAt, watchPages } from '../support/console-browser.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';

const PASSWORD = 'a password for the tests';
const HOSTILE = '<img src=x onerror=alert(1)>';
const executablePath = findChromium();

let home: E2eHome;
let server: E2eServer;
let url: string;
let toygres: Toygres;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let wrong: () => readonly string[];

describe.skipIf(executablePath === null)('the console, about what looks after instances', () => {
  beforeAll(async () => {
    home = await makeE2eHome('console-care');
    const settings = { TOYGRES_ADMIN_USERNAME: 'boss', TOYGRES_ADMIN_PASSWORD: PASSWORD };
    server = await home.start('standalone', { ...settings, TOYGRES_WEBHOOK_ALLOW_PRIVATE: 'true' });
    url = (server.url ?? '').replace('/graphql', '');
    toygres = connect({ url, token: server.token });
    const made = await toygres.createInstance({ name: 'shop', labels: [{ key: 'team', value: 'shop' }] });
    await toygres.waitForOperation(made.operation);
    browser = await launchChromium(executablePath);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    wrong = watchPages(context, url);
    page = await context.newPage();
    page.setDefaultTimeout(180_000);
    await signInAt(page, `${url}/schedules`, 'boss', PASSWORD);
  });
  afterAll(async () => {
    await browser?.close();
    await toygres?.close();
    await server?.stop();
    await home?.stop();
  });

  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });

  test('a schedule is made, says what it does, runs at once, and shows what stays', async () => {
    await page.getByText('A schedule takes images by itself').waitFor();
    await checkPage(page, 'schedules-empty');
    await page.getByRole('link', { name: 'Create schedule' }).click();
    await heading('Create schedule').waitFor();
    await page.getByLabel('Name').fill('Not A Name');
    await page.getByRole('textbox', { name: 'Labels' }).fill('team=shop');
    await page.getByRole('textbox', { name: 'Labels' }).press('Enter');
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await page.getByText(/lower-case letters/).waitFor();
    await checkPage(page, 'schedule-new');
    await checkNarrow(page);
    await page.getByLabel('Name').fill('nightly');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByRole('button', { name: 'As code' }).click();
    await page.getByRole('button', { name: 'toygres', exact: true }).click();
    const line = await page.locator('.code-panel pre').innerText();
    expect(line).toMatch(/^toygres schedule create nightly --cron '0 3 \* \* \*'/);
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await heading('nightly').waitFor();
    await page
      .getByText(
        'At 03:00, every day, Europe/Berlin: images of what is labelled team=shop. Kept: 7 daily, 4 weekly, 12 monthly',
      )
      .waitFor();
    expect(await page.locator('.calendar-day.due').count()).toBeGreaterThan(20);

    await page.getByRole('button', { name: 'Run now', exact: true }).click();
    const runs = page.getByRole('table', { name: 'Runs' });
    await runs.getByRole('link', { name: 'shop' }).waitFor();
    await runs.getByText('Succeeded').first().waitFor({ timeout: 300_000 });
    const strip = page.locator('.strip a.stays');
    await strip.first().waitFor();
    expect(await strip.count()).toBe(1);
    await checkPage(page, 'schedule');
    await checkNarrow(page);

    // Copied, the line makes the same.
    const words = line.replace(' nightly ', ' copied ').match(/'[^']*'|\S+/g) ?? [];
    const copied = words.slice(1).map((word) => word.replace(/^'|'$/g, ''));
    const ended = await runCommand(copied, { TOYGRES_URL: url, TOYGRES_TOKEN: server.token });
    expect(ended).toMatchObject({ code: 0 });
    await page.goto(`${url}/schedules`);
    await page.getByRole('link', { name: 'copied' }).waitFor();
    await checkPage(page, 'schedules');
  });

  test('its rules are tried before they are changed, and it is disabled and deleted', async () => {
    await page.getByRole('link', { name: 'nightly' }).click();
    await page.getByRole('link', { name: 'Change' }).click();
    await heading('Change nightly').waitFor();
    await page.getByLabel('Monthly').fill('');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('1 image would stay, none would go.').waitFor();
    await checkPage(page, 'schedule-change');
    await page.getByRole('button', { name: 'Change schedule' }).click();
    await page.getByText('Kept: 7 daily, 4 weekly;').waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByText('It is disabled: nothing is due.').waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete schedule' }).click();
    await heading('Schedules').waitFor();
    await page.getByRole('link', { name: 'copied' }).waitFor();
    await page.getByRole('link', { name: 'nightly' }).waitFor({ state: 'detached' });
  });

  test('alerts are counted in the navigation as they open, and say what to do', async () => {
    await page.goto(`${url}/alerts`);
    await page.getByText('Nothing hurts').waitFor();
    await checkPage(page, 'alerts-empty');
    const sql = 'CREATE DATABASE closed ALLOW_CONNECTIONS false';
    const login = { TOYGRES_URL: url, TOYGRES_TOKEN: server.token };
    expect(await runCommand(['instance', 'psql', 'shop', '--', '-Xqc', sql], login)).toMatchObject({ code: 0 });
    const failing = ['image', 'create', 'failing', '--instance', 'shop', '--watch'];
    expect(await runCommand(failing, login)).toMatchObject({ code: 1 });
    const place = page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: /Alerts/ });
    await place.getByText('1 open alert').waitFor({ timeout: 300_000 });
    await page.getByRole('link', { name: 'Image failed' }).waitFor();
    await checkPage(page, 'alerts');
    await checkNarrow(page);
    await page.getByRole('link', { name: 'Image failed' }).click();
    await heading('Image failed').waitFor();
    await checkPage(page, 'alert');
    expect(await page.getByRole('link', { name: 'shop' }).getAttribute('href')).toMatch(/\/instances\//);
    const mend = ['instance', 'psql', 'shop', '--', '-Xqc', 'DROP DATABASE closed'];
    expect(await runCommand(mend, login)).toMatchObject({ code: 0 });
    const again = ['image', 'create', 'taken', '--instance', 'shop', '--watch'];
    expect(await runCommand(again, login)).toMatchObject({ code: 0 });
    await page.goto(`${url}/alerts`);
    await page.getByText('Nothing hurts').waitFor();
  });

  test('the server says what is in order, and a preflight is an operation', async () => {
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Server' }).click();
    await page.getByText('All that was looked at is in order.').waitFor();
    // What was never tried is neither in order nor broken.
    const preflight = page.getByRole('row', { name: /^Preflight/ });
    await preflight.getByText('Not known').waitFor();
    await preflight.getByRole('button', { name: 'Run one now' }).waitFor();
    await checkPage(page, 'server');
    await checkNarrow(page);
    await page.getByRole('link', { name: 'Drift' }).click();
    await page.getByText('No drift').waitFor();
    await checkPage(page, 'drift');
    await page.getByRole('link', { name: 'State', exact: true }).click();
    await page.getByRole('button', { name: 'Run preflight' }).click();
    await page.waitForURL(/\/operations\/[0-9a-f-]{36}$/);
  });

  test('a webhook shows its secret once, and what became of its messages', async () => {
    const receiver = createServer((request, response) => {
      request.resume();
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    onTestFinished(() => void receiver.close());
    await page.goto(`${url}/server/webhooks`);
    await page.getByLabel('Name').fill('channel');
    await page.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
    await page.getByRole('button', { name: 'Create webhook' }).click();
    const secret = await page.locator('.secret code').innerText();
    expect(secret).toMatch(/^whsec_/);
    await checkPage(page, 'webhook-secret');
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Send a trial' }).click();
    await page.getByText('It was taken (204).').waitFor();
    await page.getByRole('table', { name: 'Messages to channel' }).getByText('204').waitFor();
    expect(await page.content()).not.toContain(secret);
    await checkPage(page, 'webhooks');
    await checkNarrow(page);
  });

  test('users and tokens are made with secrets that are shown once; hostile names do nothing', async () => {
    await page.goto(`${url}/server/users`);
    await page.getByLabel('Name').fill(HOSTILE);
    await page.getByRole('radio', { name: /Viewer/ }).check();
    await page.getByRole('button', { name: 'Create user' }).click();
    const password = await page.locator('.secret code').innerText();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('table', { name: 'Users' }).getByText(HOSTILE).waitFor();
    await checkPage(page, 'users');
    await checkNarrow(page);

    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByLabel('What it is for').fill('ci');
    await page.getByRole('button', { name: 'Create token' }).click();
    const token = await page.locator('.secret code').innerText();
    const own = { TOYGRES_URL: url, TOYGRES_TOKEN: token };
    expect(await runCommand(['instance', 'list'], own)).toMatchObject({ code: 0 });
    expect(await runCommand(['token', 'create', 'made by ci', '--role', 'VIEWER'], own)).toMatchObject({ code: 0 });
    await checkPage(page, 'tokens');
    await checkNarrow(page);
    await page.getByRole('button', { name: 'Revoke ci' }).click();
    await checkPage(page, 'token-revoke');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke token' }).click();
    await page.getByRole('table', { name: 'Tokens' }).getByText('revoked').waitFor();
    expect(await runCommand(['instance', 'list'], own)).toMatchObject({ code: 4 });

    // What the server has to say besides stays, on whichever page, until it was read.
    const said = page.getByRole('status').filter({ hasText: 'A token that it made still can be used: "made by ci"' });
    await said.waitFor();
    await checkPage(page, 'token-revoked');
    await checkNarrow(page);
    await page.getByRole('link', { name: 'Audit' }).click();
    await said.getByRole('button', { name: 'I have read it' }).click();
    await said.waitFor({ state: 'detached' });
    const log = page.getByRole('table', { name: 'Audit log' });
    await log.getByText('Revoke API token').first().waitFor();
    await checkPage(page, 'audit');
    await checkNarrow(page);
    await page.getByLabel('Outcome').selectOption('REFUSED');
    await page.waitForURL(/outcome=REFUSED/);

    const other = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    onTestFinished(() => other.close());
    const seen = await other.newPage();
    await signInAt(seen, `${url}/server/users`, HOSTILE, password);
    await seen.getByText('Users are for administrators').waitFor();
    await seen.goto(`${url}/schedules/new`);
    await seen.getByText(/Only operators and administrators may do this/).waitFor({ state: 'attached' });
    await checkPage(seen, 'schedule-new-viewer');
  });

  test('no page asked another origin, or had a fault', () => {
    expect(wrong()).toEqual([]);
  });
});
