import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { fillFleet, LONGEST_IMAGE, LONGEST_INSTANCE } from '../support/console-fleet.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
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

  async function ask<Data>(query: string): Promise<Data> {
    const response = await fetch(server.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

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
    for (const place of places) {
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route('**/graphql', async (route) => {
        if (!/WhoAmI/.test(route.request().postData() ?? '')) await held;
        await route.continue();
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
      await page.unrouteAll({ behavior: 'wait' });
    }
    expect(found).toEqual([]);
    expect(one.faults).toEqual([]);
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
