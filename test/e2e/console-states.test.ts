import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askServer } from '../support/ask-server.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { fillFleet, LONGEST_IMAGE, LONGEST_INSTANCE } from '../support/console-fleet.ts';
import { type ConsoleBrowser, openConsole, untilFetchedAhead } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();
/** Ids of records that the pages of one are shown for. */
interface Ids {
  readonly instance: string;
  readonly image: string;
  readonly operation: string;
}

describe.skipIf(executablePath === null)('every page of the console', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let root: string;
  let places: readonly string[];

  beforeAll(async () => {
    home = await makeE2eHome('console-states');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    root = (server.url ?? '').replace(/graphql$/, '');
    await fillFleet(home.directory, 3);
    const ids = await readIds();
    const schedule = await ask<{ createSchedule: { schedule: { id: string } } }>(
      `mutation { createSchedule(input: { name: "nightly", cron: "0 3 * * *", selector: [{ key: "tier", value: "gold" }],
        retention: { keepDaily: 7 } }) { schedule { id } } }`,
    );
    places = [
      '',
      'instances',
      `instances/${ids.instance}`,
      `instances/${ids.instance}/operations`,
      'images',
      `images/${ids.image}`,
      `images/${ids.image}/restore`,
      'operations',
      `operations/${ids.operation}`,
      'schedules',
      `schedules/${schedule.createSchedule.schedule.id}`,
      'alerts',
      'server',
      'server/drift',
      'server/webhooks',
      'server/users',
      'server/tokens',
      'server/audit',
    ];
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await home?.stop();
  });

  const ask = <Data>(query: string) => askServer<Data>(server, query);

  async function readIds(): Promise<Ids> {
    const found = await ask<{
      instance: { id: string };
      image: { id: string };
      operations: { nodes: { id: string }[] };
    }>(
      `{ instance(name: "${LONGEST_INSTANCE}") { id } image(name: "${LONGEST_IMAGE}") { id } operations { nodes { id } } }`,
    );
    return { instance: found.instance.id, image: found.image.id, operation: found.operations.nodes[0]?.id ?? '' };
  }

  async function signedIn(look: Parameters<typeof openConsole>[2] = {}): Promise<ConsoleBrowser> {
    const one = await openConsole(browser, root, look);
    await one.open('');
    await one.signIn('admin', PASSWORD);
    return one;
  }

  const ground = (one: ConsoleBrowser) => one.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  /** 0 is black. */
  const lightness = async (one: ConsoleBrowser) =>
    (await ground(one))
      .match(/\d+/g)
      ?.slice(0, 3)
      .map(Number)
      .reduce((sum, part) => sum + part / 3, 0) ?? -1;

  test('is light or dark as the system is, or as somebody has chosen, also after it is loaded again', async () => {
    const one = await signedIn({ dark: true });
    const { page } = one;
    expect(await lightness(one)).toBeLessThan(60);
    const choose = async (theme: string) => {
      await page.getByRole('button', { name: 'Account of admin' }).click();
      await page.getByRole('radio', { name: theme }).check();
      await page.keyboard.press('Escape');
    };
    await choose('Light');
    expect(await lightness(one)).toBeGreaterThan(200);
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await lightness(one)).toBeGreaterThan(200);
    await page.emulateMedia({ colorScheme: 'light' });
    await choose('Dark');
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await lightness(one)).toBeLessThan(60);
    expect(await one.audit()).toEqual([]);
    await choose('As the system');
    expect(await lightness(one)).toBeGreaterThan(200);
    expect(one.faults).toEqual([]);
    await one.close();
  });

  /** What moves on a page, in seconds at most. */
  const LONGEST_MOTION = `Math.max(0, ...[...document.querySelectorAll('*')].flatMap((element) =>
    [undefined, '::before', '::after'].map((pseudo) => {
      const style = getComputedStyle(element, pseudo);
      const seconds = (text) => Math.max(...text.split(',').map((part) => parseFloat(part) * (/ms/.test(part) ? 0.001 : 1)));
      const moves = style.animationName === 'none' ? 0 : seconds(style.animationDuration);
      return Math.max(seconds(style.transitionDuration), moves);
    })))`;

  test('moves for less than a fifth of a second, and not at all where nothing should move', async () => {
    const one = await signedIn();
    const found: Record<string, unknown> = {};
    for (const place of places) {
      await one.open(place);
      await one.page.locator('h1:not(.visually-hidden)').waitFor();
      const at = async () => Number(await one.page.evaluate(LONGEST_MOTION));
      await one.page.emulateMedia({ reducedMotion: 'no-preference' });
      const usual = await at();
      await one.page.emulateMedia({ reducedMotion: 'reduce' });
      const reduced = await at();
      if (usual >= 0.2 || reduced > 0) found[place] = { usual, reduced };
    }
    expect(found).toEqual({});
    await one.close();
  });

  test('says what it waits for, and goes on when the answer comes', async () => {
    const one = await signedIn();
    const { page } = one;
    const found: string[] = [];
    let release: () => void = () => undefined;
    let held = Promise.resolve();
    // Once for all places: no request is under way while it is asked what becomes of requests.
    await page.route('**/graphql', async (route) => {
      if (!/WhoAmI/.test(route.request().postData() ?? '')) await held;
      await route.continue();
    });
    for (const place of places) {
      held = new Promise((resolve) => {
        release = resolve;
      });
      await one.open(place);
      const word = page.locator('.waiting-word').first();
      await word.waitFor();
      if (!/^Loading .+ …$/.test(await word.innerText())) found.push(`${place} says ${await word.innerText()}`);
      found.push(...(await one.audit()).map((violation) => `${place}: ${violation}`));
      await one.picture(`loading-${place}`);
      release();
      await eventually(
        () => page.locator('.waiting').count(),
        (count) => count === 0,
      );
    }
    expect(found).toEqual([]);
    expect(one.faults).toEqual([]);
    await one.close();
  });

  test('says what went wrong with a reference, stays usable, and asks for all of it again by one press', async () => {
    const one = await signedIn();
    const { page } = one;
    const found: string[] = [];
    const fault = {
      errors: [
        {
          message: 'The server has a fault: look for the reference in its log.',
          extensions: { code: 'INTERNAL', reference: '0b1c2d3e' },
        },
      ],
    };
    let isFaulty = true;
    // All but what is around the page.
    await page.route('**/graphql', (route) =>
      !isFaulty || /WhoAmI|OpenAlertCount/.test(route.request().postData() ?? '')
        ? route.continue()
        : route.fulfill({ status: 200, json: fault }),
    );
    for (const place of places) {
      isFaulty = true;
      await one.open(place);
      const note = page.getByRole('alert').filter({ hasText: 'The server has a fault' }).first();
      await note.getByText('0b1c2d3e').waitFor();
      await eventually(
        () => page.locator('.waiting').count(),
        (count) => count === 0,
      );
      found.push(...(await one.audit()).map((violation) => `${place}: ${violation}`));
      await one.picture(`error-${place}`);
      const again = page.getByRole('button', { name: 'Ask again' });
      const presses = await again.count();
      if (presses !== 1) found.push(`${place} wants ${presses} presses`);
      const button = await again.first().elementHandle();
      isFaulty = false;
      // At once: what listens for changes tries again by itself, and then nothing is left to press.
      await button?.evaluate((element) => (element as HTMLElement).click());
      await eventually(
        () => page.locator('[role=alert], .waiting').count(),
        (count) => count === 0,
      );
      const isOfOthers = await page.getByText(/^Not known\.$|not known yet/i).count();
      if (isOfOthers > 0) found.push(`${place} has not asked for all of it again`);
    }
    expect(found).toEqual([]);
    expect(one.faults).toEqual([]);
    await one.close();
  });

  test('without a network every page opens and says so, and an action is refused with why', async () => {
    const one = await signedIn();
    const { page } = one;
    await page.getByRole('link', { name: 'Server' }).click();
    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByRole('heading', { name: 'New token' }).waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    await untilFetchedAhead(page);
    await one.context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await one.picture('offline');
    expect(await one.audit()).toEqual([]);
    await page.getByLabel('What it is for').fill('away');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    for (const place of ['Server', 'Alerts', 'Schedules', 'Operations', 'Images', 'Instances']) {
      await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
      expect(await page.getByText('could not be loaded').count(), place).toBe(0);
    }
    await page.getByRole('link', { name: 'Create instance' }).click();
    await page.getByRole('heading', { name: 'Create instance' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search for anything by name or id').fill('shop');
    await page.getByText('It could not be looked up: ').waitFor();
    expect(await one.audit()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Instances' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await one.picture('offline-instances');
    await one.context.setOffline(false);
    await page.getByRole('status').getByText('Live').waitFor();
    expect(one.faults).toEqual([]);
    await one.close();
  });

  test('a page whose code did not come before the line was cut comes when the line is there again', async () => {
    const one = await openConsole(browser, root);
    const { page } = one;
    // So that it is not fetched ahead either.
    let isCut = true;
    await one.context.route(/operations-page-/, (route) => (isCut ? route.abort() : route.continue()));
    await one.open('');
    await one.signIn('admin', PASSWORD);
    await page.getByRole('status').getByText('Live').waitFor();
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Operations' }).click();
    await page.getByText('This page could not be loaded').waitFor();
    expect(await one.audit()).toEqual([]);
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Alerts' }).click();
    await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Operations' }).click();
    await page.getByText('This page could not be loaded').waitFor();
    await one.context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    isCut = false;
    await one.context.setOffline(false);
    await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await one.close();
  });

  test('names what is not there, with a way on', async () => {
    const one = await signedIn();
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const [place, words] of [
      [`instances/${nobody}`, 'There is no such instance'],
      [`images/${nobody}`, 'There is no such image'],
      [`images/${nobody}/restore`, 'There is no such image'],
      [`operations/${nobody}`, 'There is no such operation'],
      [`schedules/${nobody}`, 'There is no such schedule'],
      [`schedules/${nobody}/edit`, 'There is no such schedule'],
      [`alerts/${nobody}`, 'There is no such alert'],
      ['instances/not-an-id', 'There is no such instance'],
      ['nowhere/at/all', 'There is no such page'],
    ] as const) {
      await one.open(place);
      await one.page.getByText(words).first().waitFor();
      expect(await one.audit(), place).toEqual([]);
    }
    await one.page.getByRole('link', { name: 'Go to the overview' }).click();
    await one.page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(one.faults).toEqual([]);
    await one.close();
  });
});
