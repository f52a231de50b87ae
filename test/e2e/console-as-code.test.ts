import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type CodeReader, createCodeReader } from '../support/console-code.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();

describe.skipIf(executablePath === null)('what the console shows as code', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let root: string;
  let one: ConsoleBrowser;
  let page: Page;
  let toygres: Toygres;
  let code: CodeReader;

  beforeAll(async () => {
    home = await makeE2eHome('console-code');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    root = (server.url ?? '').replace(/graphql$/, '');
    toygres = connect({ url: root, token: server.token });
    const made = await toygres.createInstance({ name: 'shop', labels: [{ key: 'team', value: 'shop' }] });
    await toygres.waitForOperation(made.operation);
    const taken = await toygres.createImage({ name: 'kept', instanceId: made.instance.id });
    await toygres.waitForOperation(taken.operation);
    one = await openConsole(browser, root);
    page = one.page;
    code = await createCodeReader(home, server, root, one);
    await one.open('');
    await one.signIn('admin', PASSWORD);
  });

  afterAll(async () => {
    await browser?.close();
    await toygres?.close();
    await server?.stop();
    await home?.stop();
  });

  const idOf = async (name: string) => (await toygres.findInstance({ name }))?.id ?? '';
  const begun = async (text: string | undefined) => {
    const said = await code.done(text);
    const [payload] = Object.values((JSON.parse(said) as { data: Record<string, { operation: { id: string } }> }).data);
    await toygres.waitForOperation(payload?.operation.id ?? said);
  };

  test('of actions does what their buttons do', async () => {
    const shop = `instances/${await idOf('shop')}`;
    await code.settle(shop);
    await page.getByRole('button', { name: 'Take image' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the image').fill('copied');
    await dialog.getByLabel('Description').fill("it's $(only) a test");
    await code.done((await code.copyFrom(dialog)).toygres);
    const copied = await toygres.request<{ image: { id: string; state: string; description: string } }>(
      '{ image(name: "copied") { id state description } }',
    );
    expect(copied.image).toMatchObject({ state: 'AVAILABLE', description: "it's $(only) a test" });

    await begun((await code.fromMenu(`images/${copied.image.id}`, 'More for copied', 'Verify by a restore')).curl);
    await code.settle(`images/${copied.image.id}/restore`);
    await page.getByLabel('Name of the new instance').fill('copy');
    await begun((await code.copyFrom(page.locator('form'))).curl);

    await code.done((await code.fromMenu(shop, 'More for shop', 'Restart')).toygres);
    await begun((await code.fromMenu(shop, 'More for shop', 'Rotate credentials')).curl);
    await code.done((await code.fromMenu(shop, 'More for shop', 'Stop')).toygres);
    await begun((await code.fromMenu(shop, 'More for shop', 'Start')).curl);
    await code.settle(`${shop}/settings`);
    await page.getByRole('textbox', { name: 'Labels' }).fill('tier=gold');
    await page.getByRole('textbox', { name: 'Labels' }).press('Enter');
    await code.done((await code.copyFrom(page.locator('form'))).toygres);
    await page
      .getByRole('button', { name: /tier=gold/ })
      .first()
      .waitFor();

    await code.settle('instances');
    await page.getByRole('checkbox', { name: 'Select copy' }).check();
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await begun((await code.copyFrom(page.getByRole('dialog'))).curl);
    await code.done((await code.fromMenu(`instances/${await idOf('copy')}`, 'More for copy', 'Delete')).toygres);
    await begun((await code.fromMenu(`images/${copied.image.id}`, 'More for copied', 'Delete')).curl);
    type Left = { instances: { nodes: { name: string }[] }; images: { nodes: { name: string }[] } };
    const left = await toygres.request<Left>(
      '{ instances(filter: { state: [RUNNING] }) { nodes { name } } images(filter: { state: [AVAILABLE] }) { nodes { name } } }',
    );
    expect(left.instances.nodes.map(({ name }) => name)).toEqual(['shop']);
    expect(left.images.nodes.map(({ name }) => name).sort()).toEqual([expect.stringMatching(/^copy-final/), 'kept']);
  });
});
