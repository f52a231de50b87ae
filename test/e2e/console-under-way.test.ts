import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { freePort } from '../support/free-port.ts';
import { OIDC_CLIENT, startOidcProvider } from '../support/oidc-provider.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const executablePath = findChromium();

/** Names of steps that take more than one line. */
const BROKEN_STEPS = `[...document.querySelectorAll('.step-name > .state + span')].filter((name) => {
  const range = document.createRange();
  range.selectNodeContents(name);
  return range.getClientRects().length > 1;
}).map((name) => name.innerText)`;

describe.skipIf(executablePath === null)('the console, while something runs', () => {
  let home: E2eHome;
  let server: E2eServer;
  let api: E2eClient;
  let provider: Awaited<ReturnType<typeof startOidcProvider>>;
  let browser: Browser;
  let ann: ConsoleBrowser;
  let source: { id: string; login: ServerLogin };

  beforeAll(async () => {
    home = await makeE2eHome('console-under-way');
    const port = await freePort();
    const root = `http://127.0.0.1:${port}/`;
    const person = { sub: 'ann-1', preferred_username: 'ann', groups: ['dba'] };
    provider = await startOidcProvider(`${root}auth/oidc/callback`, () => person);
    server = await home.start('standalone', {
      PORT: String(port),
      TOYGRES_PUBLIC_URL: root.slice(0, -1),
      TOYGRES_OIDC_ISSUER: provider.issuer,
      TOYGRES_OIDC_CLIENT_ID: OIDC_CLIENT.id,
      TOYGRES_OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
      TOYGRES_OIDC_ROLES: 'dba=OPERATOR',
    });
    api = createE2eClient(server);
    const made = await api.createInstance({ name: 'source' });
    await api.untilOver(made.operationId);
    source = { id: made.id, login: await api.login(made.id) };
    await fillSlowServer(source.login);
    browser = await launchChromium(executablePath);
    ann = await openConsole(browser, root);
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await server?.stop();
    await provider?.stop();
    await home?.stop();
  });

  const state = (word: string) => ann.page.locator('.page-title .state', { hasText: word });
  const step = (name: string) => ann.page.locator('.waterfall-row', { hasText: name });

  test('signs in by the organisation, and shows the page that was asked for', async () => {
    await ann.open(`instances/${source.id}`);
    await ann.page.getByRole('link', { name: 'Sign in with your organisation' }).click();
    await ann.page.getByRole('heading', { level: 1, name: 'source' }).waitFor();
    await ann.page.getByRole('button', { name: 'ann' }).waitFor();
  });

  test('a page that is loaded again goes on with what is true, and cancels what it shows', async () => {
    const held = await holdTable(source.login, 'orders');
    try {
      await ann.page.getByRole('button', { name: 'Take image' }).click();
      await ann.page.getByLabel('Name').fill('under-way');
      await ann.page.getByRole('dialog').getByRole('button', { name: 'Take image' }).click();
      await state('Running').waitFor();
      await step('Dump the databases').getByText('Running').waitFor();
      const { pathname } = new URL(ann.page.url());
      expect(pathname).toMatch(/^\/operations\//);

      await ann.page.reload();
      await state('Running').waitFor();
      await step('Dump the databases').getByText('Running').waitFor();
      await step('Start the backup job').getByText('Succeeded').waitFor();

      await ann.page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await ann.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel operation' }).click();
      await state('Cancelled').waitFor();
      await ann.page.getByText('Taking back what was made').waitFor();

      // It did not fail: wherever its image is shown.
      await ann.page.getByRole('link', { name: 'under-way' }).click();
      await state('Cancelled').waitFor();
      expect(await ann.page.getByText(/failed/i).count()).toBe(0);
      await ann.open('images?state=FAILED');
      await ann.page
        .getByRole('row', { name: /under-way/ })
        .getByText('Cancelled')
        .waitFor();
      await ann.open(`instances/${source.id}`);
      await ann.page.getByRole('link', { name: /under-way: cancelled/ }).waitFor();
      expect(await ann.page.locator('.dot.bad').count()).toBe(0);
    } finally {
      await held.release();
    }
  });

  test('findings show while the restore that made them still runs, and stay with it', async () => {
    await query(
      source.login,
      'other one',
      `CREATE TABLE parents (id int PRIMARY KEY);
      CREATE TABLE children (id int PRIMARY KEY, parent int CONSTRAINT children_parent REFERENCES parents);
      SET session_replication_role = replica;
      INSERT INTO children VALUES (1, 4711)`,
    );
    const taken = await api.createImage({ name: 'orphans', instanceId: source.id });
    await api.untilOver(taken.operationId);
    await ann.open(`images/${taken.id}/restore`);
    await ann.page.getByLabel('Name of the new instance').fill('copy');
    await ann.page.getByRole('button', { name: 'Restore as new instance' }).click();
    await state('Running').waitFor();
    await ann.page.getByText('Key (parent)=(4711) is not present').first().waitFor();
    const seenWhile = await ann.page.locator('.page-title .state').innerText();
    await state('Succeeded').waitFor();
    expect(seenWhile).toMatch(/Running/);
    await ann.page.getByText('VALIDATE CONSTRAINT children_parent').first().waitFor();
    // On the telephone, the tablet and the desk the name of a step has one line.
    for (const width of [360, 768, 1280]) {
      await ann.page.setViewportSize({ width, height: 900 });
      expect(await ann.page.evaluate(BROKEN_STEPS), `${width}`).toEqual([]);
    }
  });

  test('what failed says why, is tried again by a click once it is mended, and keeps nothing of its first run', async () => {
    await query(source.login, 'postgres', 'CREATE DATABASE closed ALLOW_CONNECTIONS false');
    await ann.open(`instances/${source.id}`);
    await ann.page.getByRole('button', { name: 'Take image' }).click();
    await ann.page.getByLabel('Name of the image').fill('second-try');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Take image' }).click();
    await state('Failed').waitFor();
    const alert = ann.page.getByRole('alert').first();
    await alert.getByText(/closed/).waitFor();
    expect(await ann.audit()).toEqual([]);
    await ann.picture('operation-failed');
    const { pathname } = new URL(ann.page.url());

    await query(source.login, 'postgres', 'DROP DATABASE closed');
    await ann.page.getByRole('button', { name: 'Retry', exact: true }).click();
    const dialog = ann.page.getByRole('dialog');
    await dialog.waitFor();
    expect(await ann.audit()).toEqual([]);
    await dialog.getByRole('button', { name: 'Retry', exact: true }).click();
    await state('Succeeded').waitFor();
    expect(new URL(ann.page.url()).pathname).toBe(pathname);
    await alert.waitFor({ state: 'detached' });
    expect(await ann.page.locator('.waterfall .segment.bad').count()).toBe(0);
    await ann.page.getByText(/A run .+ failed in “Dump the databases” after .+closed/).waitFor();
    expect(await ann.audit()).toEqual([]);
    await ann.page.getByRole('link', { name: 'second-try' }).click();
    await state('Available').waitFor();
  });

  test('a log holds still for who reads it, counts what comes, and goes on at its end', async () => {
    await ann.open(`instances/${source.id}/logs`);
    const box = ann.page.getByRole('log');
    await box.getByText('ready to accept connections').first().waitFor();
    const write = (first: number, last: number) =>
      query(
        source.login,
        'postgres',
        `SET log_min_error_statement = panic; SET log_error_verbosity = terse;
        DO $$ BEGIN FOR n IN ${first}..${last} LOOP RAISE LOG 'flood % of lines', n; END LOOP; END $$`,
      );
    await write(1, 15_000);
    await box.getByText('flood 15000 of lines').waitFor();

    await box.hover();
    await ann.page.mouse.wheel(0, -2_000);
    await ann.page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    const shown = await box.locator('.log-line').first().innerText();
    await write(15_001, 15_500);
    await ann.page.getByRole('button', { name: '500 new lines' }).waitFor();
    expect(await box.locator('.log-line').first().innerText()).toBe(shown);
    await ann.page.getByRole('button', { name: '500 new lines' }).click();
    await box.getByText('flood 15500 of lines').waitFor();
    await ann.page.getByRole('button', { name: 'Following' }).waitFor();

    await ann.page.getByLabel('Search in the log').fill('FLOOD 12345 of');
    await ann.page.getByText('1 of 1', { exact: true }).waitFor();
    await box.getByText('flood 12345 of lines').waitFor();
    await box.locator('.log-line.hit .log-gutter').click();
    await ann.page.waitForURL(/line=20\d\d-/);
    const download = ann.page.waitForEvent('download');
    await ann.page.getByRole('button', { name: 'Save' }).click();
    const saved = await readFile(await (await download).path(), 'utf8');
    expect(saved.match(/flood \d+ of lines/g)).toHaveLength(15_500);
    expect(saved).toMatch(/^20\d\d-\S+Z \[\d+\] LOG: {2}flood 15500 of lines$/m);

    await ann.page.reload();
    await box.locator('.log-line.hit').first().waitFor();
    expect(await ann.audit()).toEqual([]);
  });

  test('met no fault on its way', () => {
    expect(ann.faults.filter((fault) => !fault.startsWith(`asked ${provider.issuer}/`))).toEqual([]);
  });
});
