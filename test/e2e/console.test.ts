import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askServer } from '../support/ask-server.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const PASSWORD = 'correct horse battery staple';
const HOSTILE = '<img src=x onerror="alert(1)"> $(id) \'";--';
const executablePath = findChromium();

describe.skipIf(executablePath === null)('the console in Chromium', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let root: string;
  let admin: ConsoleBrowser;

  beforeAll(async () => {
    home = await makeE2eHome('console');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    root = (server.url ?? '').replace(/graphql$/, '');
    admin = await openConsole(browser, root);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await home?.stop();
  });

  const ask = <Data>(query: string, variables?: Readonly<Record<string, unknown>>) =>
    askServer<Data>(server, query, variables);

  const idOf = async (noun: 'instance' | 'image', name: string) =>
    (await ask<Record<string, { id: string }>>(`query($n: String) { found: ${noun}(name: $n) { id } }`, { n: name }))
      .found?.id ?? '';

  const untilSucceeded = (one: ConsoleBrowser) =>
    one.page.locator('.page-title .state', { hasText: 'Succeeded' }).waitFor({ timeout: 300_000 });

  test('asks who is there, and says what is wrong with a password', async () => {
    await admin.open('operations');
    await admin.page.getByLabel('Name', { exact: true }).fill('admin');
    await admin.page.getByLabel('Password', { exact: true }).fill('wrong, wrong, wrong');
    await admin.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await admin.page.getByRole('alert').waitFor();
    expect(await admin.audit()).toEqual([]);
    await admin.signIn('admin', PASSWORD);
    // The page that was asked for.
    await admin.page.getByRole('heading', { name: 'Operations', exact: true }).waitFor();
  });

  test('loads less than 300 kB of script at first', async () => {
    const fresh = await openConsole(browser, root);
    let bytes = 0;
    fresh.page.on('response', (response) => {
      if (!response.url().endsWith('.js')) return;
      expect(response.headers()['content-encoding']).toBe('gzip');
      bytes += Number(response.headers()['content-length']);
    });
    await fresh.open('');
    await fresh.signIn('admin', PASSWORD);
    await fresh.page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(300_000);
    await fresh.close();
  });

  test('teaches where there is nothing yet, and axe finds nothing wrong', async () => {
    for (const [place, title] of [
      ['', 'Nothing is here yet'],
      ['instances', 'No instances yet'],
      ['images', 'No images yet'],
      ['operations', 'No operations'],
    ] as const) {
      await admin.open(place);
      await admin.page.getByRole('heading', { name: title }).waitFor();
      expect(await admin.audit()).toEqual([]);
    }
  });

  test('creates an instance by clicking, with the rules of the server on the way', async () => {
    const { page } = admin;
    await admin.open('');
    await page.getByRole('link', { name: 'Create the first instance' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Orders!');
    await page.getByLabel('Volume in GiB').fill('2');
    await page.getByText('must begin with a lower-case letter').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('orders');
    expect(await admin.audit()).toEqual([]);
    await page.getByRole('button', { name: 'Create instance' }).click();
    await page.waitForURL('**/operations/*');
    await untilSucceeded(admin);
    expect(await admin.audit()).toEqual([]);
  });

  test('two people see the same at the same time', async () => {
    const other = await openConsole(browser, root, { dark: true });
    await other.open('images');
    await other.signIn('admin', PASSWORD);
    await other.page.getByRole('heading', { name: 'No images yet' }).waitFor();
    await admin.open(`instances/${await idOf('instance', 'orders')}`);
    const { page } = admin;
    await page.getByRole('button', { name: 'Take image' }).click();
    await page.getByLabel('Name of the image').fill('orders-1');
    expect(await admin.audit()).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Take image' }).click();
    await page.waitForURL('**/operations/*');
    // Nobody has asked again over there.
    await other.page.getByRole('link', { name: 'orders-1' }).waitFor();
    await untilSucceeded(admin);
    await other.page.locator('tr', { hasText: 'orders-1' }).getByText('Available').waitFor();
    expect(await other.audit()).toEqual([]);
    expect(other.faults).toEqual([]);
    await other.close();
    await page.getByText('The image is uploaded').waitFor();
  });

  test('restores from the overview in two clicks, and what is shown as code does the same', async () => {
    const { page } = admin;
    await admin.open('');
    await page.getByRole('link', { name: 'Restore orders' }).click();
    await page.getByLabel('Name of the new instance').fill('orders-again');
    await page.getByText('Nothing was found that would not be as it was.').waitFor();
    expect(await admin.audit()).toEqual([]);
    await page.getByRole('button', { name: 'As code' }).click();
    await page.getByRole('button', { name: 'curl' }).click();
    const curl = (await page.locator('.code-panel pre').textContent()) ?? '';
    await page.getByRole('button', { name: 'Restore as new instance' }).click();
    await page.waitForURL('**/operations/*');
    await untilSucceeded(admin);
    // Copied, it runs; the name is taken by now, which is what the server says.
    const said = execFileSync('sh', ['-c', curl], { env: { ...process.env, TOYGRES_TOKEN: server.token } }).toString();
    expect(JSON.parse(said)).toMatchObject({ errors: [{ extensions: { code: 'CONFLICT' } }] });
  });

  test('every page of what there is passes axe and is no wider than the window, on a telephone in the dark and on a large screen', async () => {
    const [instance, image] = await Promise.all([idOf('instance', 'orders'), idOf('image', 'orders-1')]);
    const places = [
      '',
      'instances',
      'images',
      'operations',
      ...['', '/images', '/operations', '/logs', '/findings', '/settings'].map((tab) => `instances/${instance}${tab}`),
      ...['', '/findings', '/drills', '/files', '/operations', '/logs', '/settings', '/restore'].map(
        (tab) => `images/${image}${tab}`,
      ),
    ];
    const one = await openConsole(browser, root);
    await one.open('');
    await one.signIn('admin', PASSWORD);
    const found: string[] = [];
    for (const place of places) {
      await one.openWhole(place);
      expect(await one.page.locator('h1:not(.visually-hidden)').count(), place).toBe(1);
      for (const look of [{ width: 360, dark: true }, { width: 1920 }]) {
        await one.lookAs(look);
        found.push(...(await one.audit()).map((violation) => `${place}, ${look.width}: ${violation}`));
        const isWider = await one.page.evaluate('document.documentElement.scrollWidth > innerWidth');
        if (isWider) found.push(`${place} is wider than the window of ${look.width}`);
      }
    }
    expect([...found, ...one.faults]).toEqual([]);
    await one.close();
  });

  test('a cut line is said in one place, and heals with nothing lost', async () => {
    const proxy = await startTcpProxy(root);
    const one = await openConsole(browser, `http://127.0.0.1:${proxy.port}/`);
    await one.open('instances');
    await one.signIn('admin', PASSWORD);
    await one.page.getByRole('link', { name: 'orders-again' }).waitFor();
    await one.page.getByRole('status').getByText('Live').waitFor();
    await proxy.cut();
    await one.page.getByText('The line to the server is cut.').waitFor();
    expect(await one.page.getByText('The line to the server is cut.').count()).toBe(1);
    await ask(
      'mutation($id: ID!) { updateInstance(input: { instanceId: $id, addLabels: [{ key: "cut", value: "yes" }] }) { instance { id } } }',
      {
        id: await idOf('instance', 'orders-again'),
      },
    );
    await proxy.restore();
    await one.page.getByRole('button', { name: 'cut=yes' }).waitFor();
    await one.page.getByRole('status').getByText('Live').waitFor();
    await one.close();
    await proxy.stop();
  });

  test('what a viewer may not do is there, and says who may', async () => {
    await ask('mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { username: 'vera', role: 'VIEWER', password: PASSWORD },
    });
    const viewer = await openConsole(browser, root);
    await viewer.open(`instances/${await idOf('instance', 'orders')}`);
    await viewer.signIn('vera', PASSWORD);
    const take = viewer.page.getByRole('button', { name: 'Take image' });
    await take.waitFor();
    expect(await take.getAttribute('aria-disabled')).toBe('true');
    await take.focus();
    await viewer.page.getByText('Only operators and administrators may do this').first().waitFor();
    await viewer.page.keyboard.press('Enter');
    expect(await viewer.page.getByRole('dialog').count()).toBe(0);
    await viewer.page.getByRole('link', { name: 'Logs' }).click();
    await viewer.page.locator('.note').getByText('Only operators and administrators').waitFor();
    expect(await viewer.audit()).toEqual([]);
    expect(viewer.faults).toEqual([]);
    await viewer.close();
  });

  test('hostile texts are texts', async () => {
    const id = await idOf('image', 'orders-1');
    await ask('mutation($input: UpdateImageInput!) { updateImage(input: $input) { image { id } } }', {
      input: { imageId: id, description: HOSTILE },
    });
    await admin.open(`images/${id}`);
    await admin.page.getByText(HOSTILE).waitFor();
    await admin.open(`instances?q=${encodeURIComponent(HOSTILE)}&label=${encodeURIComponent(HOSTILE)}`);
    await admin.page.getByText('No instance is like that.').waitFor();
    await admin.page.keyboard.press('Control+k');
    await admin.page.getByLabel('Search for anything by name or id').fill(HOSTILE);
    await admin.page.getByText('Nothing has this name or id.').waitFor();
    await admin.page.keyboard.press('Escape');
  });

  test('finds by name and by id from anywhere, by keyboard alone', async () => {
    const { page } = admin;
    await admin.open('operations');
    await page.locator('h1:not(.visually-hidden)').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('orders-1');
    await page.getByRole('menuitem', { name: 'orders-1' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'orders-1' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(await idOf('instance', 'orders'));
    await page.getByText('Found by id').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'orders', exact: true }).waitFor();

    // What has the name comes before what is newer and holds it.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Orders');
    await page.getByRole('menuitem', { name: 'orders-again' }).first().waitFor();
    expect(await page.getByRole('menuitem').first().innerText()).toMatch(/^orders\n/);
    await page.keyboard.press('Escape');
  });

  test('deletes by typing the name, with a final image first', async () => {
    const { page } = admin;
    await admin.open(`instances/${await idOf('instance', 'orders-again')}`);
    await page.getByRole('button', { name: 'More for orders-again' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('alertdialog');
    const verb = dialog.getByRole('button', { name: 'Delete instance' });
    await dialog.waitFor();
    expect(await verb.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel('Name of the final image').fill('the-last');
    await dialog.getByLabel('Type orders-again to delete it').fill('orders-again');
    expect(await admin.audit()).toEqual([]);
    await verb.click();
    await page.waitForURL('**/operations/*');
    await untilSucceeded(admin);
    await admin.open('instances');
    await page.getByRole('link', { name: 'orders', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'orders-again' }).count()).toBe(0);
    await admin.open('images');
    await page.getByRole('link', { name: 'the-last' }).waitFor();
    await admin.open('server/audit');
    await page
      .getByRole('row', { name: /Delete instance/ })
      .getByRole('link', { name: 'orders-again' })
      .waitFor();
    expect(await admin.audit()).toEqual([]);
    expect(admin.faults).toEqual([]);
  });
});
