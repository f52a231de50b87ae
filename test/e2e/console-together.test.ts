import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

describe.skipIf(executablePath === null)('the console, while others work as well', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let ann: ConsoleBrowser;
  let page: Page;
  /** Somebody else, who works by the API. */
  let bob: Toygres;
  let shop: string;
  let books: string;

  beforeAll(async () => {
    home = await makeE2eHome('console-together');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD, TOYGRES_DEFAULT_IMAGE_METHOD: 'PHYSICAL' }),
      launchChromium(executablePath),
    ]);
    const root = (server.url ?? '').replace(/graphql$/, '');
    bob = connect({ url: root, token: server.token });
    const made = await Promise.all(
      ['shop', 'books'].map((name) => bob.createInstance({ name, labels: [{ key: 'team', value: name }] })),
    );
    for (const { operation } of made) await bob.waitForOperation(operation);
    [shop = '', books = ''] = made.map(({ instance }) => instance.id);
    ann = await openConsole(browser, root);
    page = ann.page;
    await ann.open('');
    await ann.signIn('admin', PASSWORD);
  });

  afterAll(async () => {
    await browser?.close();
    await bob?.close();
    await server?.stop();
    await home?.stop();
  });

  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
  const label = (text: string) => page.locator('form').getByRole('button', { name: `Remove the label ${text}` });

  async function addLabel(text: string): Promise<void> {
    const field = page.getByRole('textbox', { name: 'Labels' });
    await field.fill(text);
    await field.press('Enter');
  }

  /** Goes on without loading the page again, so that what was read stays read. */
  async function goTo(name: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search for anything by name or id').fill(name);
    await page.getByRole('menuitem', { name, exact: true }).first().click();
    await heading(name).waitFor();
  }

  test('saving settings of an instance undoes nothing that somebody else did meanwhile', async () => {
    await ann.open(`instances/${shop}/settings`);
    await label('team=shop').waitFor();
    await bob.updateInstance({
      instanceId: shop,
      deletionProtection: true,
      addLabels: [{ key: 'cost', value: '42' }],
    });
    await label('cost=42').waitFor();
    expect(await page.getByLabel('Protect it from being deleted').isChecked()).toBe(true);
    await addLabel('tier=gold');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed.', { exact: true }).waitFor();
    await page.getByText('Nothing is changed.').waitFor({ state: 'attached' });
    const { instance } = await bob.request<{ instance: { deletionProtection: boolean; labels: { key: string }[] } }>(
      'query($id: ID) { instance(id: $id) { deletionProtection labels { key } } }',
      { id: shop },
    );
    expect(instance.deletionProtection).toBe(true);
    expect(instance.labels.map(({ key }) => key).sort()).toEqual(['cost', 'team', 'tier']);

    // The same again, after somebody else has taken it back, is done again.
    await bob.updateInstance({ instanceId: shop, removeLabels: ['tier'] });
    await label('tier=gold').waitFor({ state: 'detached' });
    await addLabel('tier=gold');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Nothing is changed.').waitFor({ state: 'attached' });
    const again = await bob.request<{ instance: { labels: { key: string }[] } }>(
      'query($id: ID) { instance(id: $id) { labels { key } } }',
      { id: shop },
    );
    expect(again.instance.labels.map(({ key }) => key).sort()).toEqual(['cost', 'team', 'tier']);
  });

  test('an answer that was on its way while somebody changed something does not bring back what was', async () => {
    await ann.open(`instances/${shop}/settings`);
    await label('team=shop').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    // The first answer that has the label is held back on its way.
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      if (/"key": ?"passing"/.test(text)) {
        asked.resolve();
        await held.promise;
      }
      await route.fulfill({ response, body: text }).catch(() => undefined);
    });
    await bob.updateInstance({ instanceId: shop, addLabels: [{ key: 'passing', value: 'by' }] });
    await label('passing=by').waitFor();
    await asked.promise;
    await bob.updateInstance({ instanceId: shop, removeLabels: ['passing'] });
    await label('passing=by').waitFor({ state: 'detached' });
    await page.evaluate(() => {
      const seen = globalThis as typeof globalThis & { cameBack?: boolean };
      new MutationObserver(() => {
        if (document.querySelector('form')?.textContent?.includes('passing')) seen.cameBack = true;
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    const answered = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    held.resolve();
    await answered;
    // What it asks for again by itself comes after that.
    await page.waitForResponse((response) => response.url().endsWith('/graphql'));
    await page.unrouteAll({ behavior: 'wait' });
    expect(await page.evaluate(() => 'cameBack' in globalThis)).toBe(false);
    await label('team=shop').waitFor();
  });

  test('what was shown or entered for one instance is not on the page of another', async () => {
    await ann.open(`instances/${books}`);
    await heading('books').waitFor();
    await goTo('shop');
    await page.getByRole('button', { name: 'Show credentials' }).click();
    const password = page
      .locator('dt', { hasText: /^Password$/ })
      .locator('xpath=following-sibling::dd')
      .locator('code');
    const secret = await password.innerText();
    expect(secret.length).toBeGreaterThan(10);
    await goTo('books');
    await page.getByRole('button', { name: 'Show credentials' }).waitFor();
    expect(await page.content()).not.toContain(secret);

    await page.getByRole('link', { name: 'Settings' }).click();
    await label('team=books').waitFor();
    await addLabel('tier=silver');
    await page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `/instances/${shop}/settings`);
    await heading('shop').waitFor();
    await label('team=shop').waitFor();
    expect(await label('tier=silver').count()).toBe(0);
  });

  test('an image that is asked for as LOGICAL is, whatever the server does by itself', async () => {
    await ann.open(`instances/${shop}`);
    await page.getByRole('button', { name: 'Take image' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the image').fill('asked-for');
    await dialog.getByRole('button', { name: 'As code' }).click();
    await dialog.getByRole('button', { name: 'toygres', exact: true }).click();
    expect(await dialog.locator('pre').innerText()).toContain(' --method LOGICAL ');
    await dialog.getByRole('button', { name: 'Take image' }).click();
    await page.waitForURL('**/operations/*');
    await page.locator('.page-title .state', { hasText: 'Succeeded' }).waitFor({ timeout: 300_000 });
    // The last step says so, too.
    await page.locator('.waterfall-row', { hasText: 'Running' }).waitFor({ state: 'detached' });
    const { image } = await bob.request<{ image: { method: string } }>('{ image(name: "asked-for") { method } }');
    expect(image.method).toBe('LOGICAL');
  });

  test('saving settings of an image undoes nothing, and a time that is none is said at its field', async () => {
    const id = (await bob.findImage({ name: 'asked-for' }))?.id ?? '';
    await ann.open(`images/${id}/settings`);
    await page.getByLabel('Description').waitFor();
    await bob.updateImage({ imageId: id, protected: true });
    await expect.poll(() => page.getByLabel('Protect it').isChecked()).toBe(true);
    const until = page.getByLabel('Retention may delete it from');
    await until.fill('12027-01-01T00:00');
    await page.getByRole('alert').getByText('This is no time').waitFor();
    await until.fill('');
    await page.getByLabel('Description').fill('kept');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed.', { exact: true }).waitFor();
    const { image } = await bob.request<{ image: object }>(
      '{ image(name: "asked-for") { protected description expiresAt } }',
    );
    expect(image).toEqual({ protected: true, description: 'kept', expiresAt: null });
    await ann.open('server/tokens');
    await page.getByLabel('Ends').fill('12027-01-01T00:00');
    await page.getByRole('alert').getByText('This is no time').waitFor();
  });

  test('a schedule of one instance is made by its name, and a change of it undoes nothing', async () => {
    await ann.open('schedules/new');
    await page.getByLabel('Name').fill('nightly');
    await page.getByRole('radio', { name: 'One instance' }).check();
    const field = page.getByLabel('Instance', { exact: true });
    await field.fill('nobody');
    await page.getByText('No instance nobody runs or is stopped').first().waitFor();
    await field.fill('sho');
    await page.locator('datalist option[value="shop"]').waitFor({ state: 'attached' });
    await field.fill('shop');
    await page.getByRole('button', { name: 'Create schedule' }).click();
    await heading('nightly').waitFor();
    await page.getByRole('link', { name: 'Change' }).click();
    await page.getByLabel('Daily').waitFor();
    const found = await bob.request<{ schedules: { nodes: { id: string; instance: { id: string } }[] } }>(
      '{ schedules { nodes { id instance { id } } } }',
    );
    expect(found.schedules.nodes.map(({ instance }) => instance.id)).toEqual([shop]);
    const scheduleId = found.schedules.nodes[0]?.id;
    await bob.request('mutation($input: UpdateScheduleInput!) { updateSchedule(input: $input) { schedule { id } } }', {
      input: { scheduleId, cron: '30 4 * * *' },
    });
    await expect.poll(() => page.getByLabel('When, as cron').inputValue()).toBe('30 4 * * *');
    await page.getByLabel('Daily').fill('9');
    await page.getByRole('button', { name: 'Change schedule' }).click();
    await page.getByText('At 04:30, every day').first().waitFor();
    await page.getByText('Kept: 9 daily, 4 weekly').first().waitFor();
  });

  test('what changes while the page is loaded, and nobody follows yet, shows', async () => {
    const other = await openConsole(browser, (server.url ?? '').replace(/graphql$/, ''));
    onTestFinished(() => other.close());
    await other.open('');
    await other.signIn('admin', PASSWORD);
    let connectNow = () => {};
    const gate = new Promise<void>((resolve) => {
      connectNow = resolve;
    });
    await other.page.routeWebSocket(/graphql/, async (socket) => {
      const held: (string | Buffer)[] = [];
      let far: { send(message: string | Buffer): void } | null = null;
      socket.onMessage((message) => {
        if (far === null) held.push(message);
        else far.send(message);
      });
      await gate;
      const connected = socket.connectToServer();
      connected.onMessage((message) => socket.send(message));
      for (const message of held) connected.send(message);
      far = connected;
    });
    await other.open(`instances/${books}`);
    await other.page.getByText('not protected').waitFor();
    await bob.updateInstance({ instanceId: books, deletionProtection: true });
    connectNow();
    await other.page.locator('dd', { hasText: /^protected$/ }).waitFor();
    await bob.updateInstance({ instanceId: books, deletionProtection: false });
    await other.page.getByText('not protected').waitFor();
  });

  test('asks seldom while an operation goes on, and shows its jobs on a page that was opened by its link', async () => {
    const asked: string[] = [];
    const other = await openConsole(browser, (server.url ?? '').replace(/graphql$/, ''));
    onTestFinished(() => other.close());
    await other.open('');
    await other.signIn('admin', PASSWORD);
    other.page.on('request', (request) => {
      if (request.method() !== 'POST' || !request.url().endsWith('/graphql')) return;
      const { query } = JSON.parse(request.postData() ?? '{}') as Sent;
      asked.push(/query (\w+)/.exec(query)?.[1] ?? query);
    });
    const taken = await bob.createImage({ name: 'followed', instanceId: shop, method: 'LOGICAL' });
    await other.open(`operations/${taken.operation.id}`);
    await other.page.locator('.page-title .state', { hasText: 'Succeeded' }).waitFor({ timeout: 300_000 });
    await other.page.getByText('Log of its job').waitFor();
    await other.page.getByText('The image is uploaded').first().waitFor();
    expect(asked.filter((name) => name === 'RunningOperations').length).toBeLessThan(8);
  });

  test('a page of a list that fails is told, and is not asked for without end', async () => {
    let further = 0;
    const fail = async (route: Route) => {
      const { query, variables } = JSON.parse(route.request().postData() ?? '{}') as Sent;
      if (!/query Instances\b/.test(query)) return route.continue();
      if (variables.after != null) {
        further++;
        return route.abort();
      }
      const response = await route.fetch();
      const answer = (await response.json()) as { data: { instances: { pageInfo: object } } };
      answer.data.instances.pageInfo = { hasNextPage: true, endCursor: 'more' };
      return route.fulfill({ response, json: answer });
    };
    for (const [place, title] of [
      ['instances', 'Instances'],
      ['', 'Overview'],
    ] as const) {
      further = 0;
      await page.route('**/graphql', fail);
      await ann.open(place);
      await heading(title).waitFor();
      await page.getByText('The server cannot be reached').waitFor();
      expect(await ann.audit()).toEqual([]);
      // Each time as often as anything is that cannot be reached.
      expect(further).toBeLessThan(10);
      if (place === '') expect(await page.getByText('Nothing hurts').count()).toBe(0);
      await page.unroute('**/graphql');
      await page.getByRole('button', { name: 'Ask again' }).click();
      await page.getByText('The server cannot be reached').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'books', exact: true }).first().waitFor();
    }
  });

  test('met no fault on its way', () => {
    expect(ann.faults).toEqual([]);
  });
});
