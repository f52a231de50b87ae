import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/source-files.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();

type Way = 'GraphQL' | 'toygres' | 'curl';
type Copied = Partial<Record<Way, string>>;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(executablePath === null)('what the console shows as code', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let root: string;
  let one: ConsoleBrowser;
  let page: Page;
  let toygres: Toygres;

  beforeAll(async () => {
    home = await makeE2eHome('console-code');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    root = (server.url ?? '').replace(/graphql$/, '');
    toygres = connect({ url: root, token: server.token });
    await symlink(path.join(ROOT, 'src/toygres.sh'), path.join(home.directory, 'toygres'));
    const made = await toygres.createInstance({ name: 'shop', labels: [{ key: 'team', value: 'shop' }] });
    await toygres.waitForOperation(made.operation);
    const taken = await toygres.createImage({ name: 'kept', instanceId: made.instance.id });
    await toygres.waitForOperation(taken.operation);
    one = await openConsole(browser, root);
    page = one.page;
    await one.open('');
    await one.signIn('admin', PASSWORD);
  });

  afterAll(async () => {
    await browser?.close();
    await toygres?.close();
    await server?.stop();
    await home?.stop();
  });

  /** As somebody would who pastes it into a shell. */
  const paste = (text: string) =>
    new Promise<Ran>((resolve) => {
      const env = {
        PATH: `${home.directory}:${process.env.PATH}`,
        HOME: home.directory,
        TOYGRES_URL: root,
        TOYGRES_TOKEN: server.token,
      };
      execFile('sh', ['-c', `exec ${text}`], { env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr });
      });
    });

  /** All ways that a part of a page offers. */
  async function copy(panel: Locator): Promise<Copied> {
    const copied: Copied = {};
    for (const way of ['GraphQL', 'toygres', 'curl'] as const) {
      const button = panel.getByRole('button', { name: way, exact: true });
      if ((await button.count()) === 0) continue;
      await button.click();
      copied[way] = (await panel.locator('pre').textContent()) ?? '';
    }
    return copied;
  }

  async function copyFrom(within: Locator): Promise<Copied> {
    const code = within.locator('.as-code').last();
    await code.getByRole('button', { name: /as code/i }).click();
    return copy(code);
  }

  async function settle(place: string): Promise<void> {
    await one.open(place);
    await page.locator('h1').waitFor();
    await eventually(
      () => page.locator('.waiting').count(),
      (count) => count === 0,
    );
  }

  const idOf = async (name: string) => (await toygres.findInstance({ name }))?.id ?? '';

  /** Opens an action from the menu of a page, and copies what its dialog shows. */
  async function fromMenu(place: string, name: string, action: string): Promise<Copied> {
    await settle(place);
    await page.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
    return copyFrom(page.getByRole(action === 'Delete' ? 'alertdialog' : 'dialog'));
  }

  const done = async (text: string | undefined) => {
    const ran = await paste(text ?? 'false');
    expect(ran, text).toMatchObject({ code: 0 });
    return ran.stdout;
  };
  const begun = async (text: string | undefined) => {
    const said = await done(text);
    const [payload] = Object.values((JSON.parse(said) as { data: Record<string, { operation: { id: string } }> }).data);
    await toygres.waitForOperation(payload?.operation.id ?? said);
  };

  test('of actions does what their buttons do', async () => {
    const shop = `instances/${await idOf('shop')}`;
    await settle(shop);
    await page.getByRole('button', { name: 'Take image' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the image').fill('copied');
    await dialog.getByLabel('Description').fill("it's $(only) a test");
    await done((await copyFrom(dialog)).toygres);
    const copied = await toygres.request<{ image: { id: string; state: string; description: string } }>(
      '{ image(name: "copied") { id state description } }',
    );
    expect(copied.image).toMatchObject({ state: 'AVAILABLE', description: "it's $(only) a test" });

    await begun((await fromMenu(`images/${copied.image.id}`, 'copied', 'Verify by a restore')).curl);
    await settle(`images/${copied.image.id}/restore`);
    await page.getByLabel('Name of the new instance').fill('copy');
    await begun((await copyFrom(page.locator('form'))).curl);

    await done((await fromMenu(shop, 'shop', 'Restart')).toygres);
    await begun((await fromMenu(shop, 'shop', 'Rotate credentials')).curl);
    await done((await fromMenu(shop, 'shop', 'Stop')).toygres);
    await begun((await fromMenu(shop, 'shop', 'Start')).curl);
    await settle(`${shop}/settings`);
    await page.getByRole('textbox', { name: 'Labels' }).fill('tier=gold');
    await page.getByRole('textbox', { name: 'Labels' }).press('Enter');
    await done((await copyFrom(page.locator('form'))).toygres);
    await page
      .getByRole('button', { name: /tier=gold/ })
      .first()
      .waitFor();

    await settle('instances');
    await page.getByRole('checkbox', { name: 'Select copy' }).check();
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await begun((await copyFrom(page.getByRole('dialog'))).curl);
    await done((await fromMenu(`instances/${await idOf('copy')}`, 'copy', 'Delete')).toygres);
    await begun((await fromMenu(`images/${copied.image.id}`, 'copied', 'Delete')).curl);
    type Left = { instances: { nodes: { name: string }[] }; images: { nodes: { name: string }[] } };
    const left = await toygres.request<Left>(
      '{ instances(filter: { state: [RUNNING] }) { nodes { name } } images(filter: { state: [AVAILABLE] }) { nodes { name } } }',
    );
    expect(left.instances.nodes.map(({ name }) => name)).toEqual(['shop']);
    expect(left.images.nodes.map(({ name }) => name).sort()).toEqual([expect.stringMatching(/^copy-final/), 'kept']);
  });
});
