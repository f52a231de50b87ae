import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askServer } from '../support/ask-server.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { addNights, fillFleet, LONGEST_IMAGE, LONGEST_INSTANCE } from '../support/console-fleet.ts';
import { type Look, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
/** Of one instance, by a schedule that keeps each. */
const NIGHTS = 30;
const executablePath = findChromium();

describe.skipIf(executablePath === null)('the console, with the longest names there are', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let root: string;
  let places: readonly string[];

  beforeAll(async () => {
    home = await makeE2eHome('console-looks');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    root = (server.url ?? '').replace(/graphql$/, '');
    await fillFleet(home.directory, 3);
    await addNights(home.directory, 'shop-0002', NIGHTS);
    type Found = { instance: { id: string }; image: { id: string }; operations: { nodes: { id: string }[] } };
    const { instance, image, operations } = await ask<Found>(
      `{ instance(name: "${LONGEST_INSTANCE}") { id } image(name: "${LONGEST_IMAGE}") { id }
        operations(filter: { state: [FAILED] }) { nodes { id } } }`,
    );
    const { createSchedule } = await ask<{ createSchedule: { schedule: { id: string } } }>(
      `mutation { createSchedule(input: { name: "every-night-of-the-week-and-of-the-year", cron: "0 3 * * *",
        selector: [{ key: "tier", value: "gold" }], retention: { keepDaily: 7, keepWeekly: 4 } }) { schedule { id } } }`,
    );
    places = [
      '',
      `instances?q=${LONGEST_INSTANCE}`,
      ...['', '/images', '/operations', '/settings', '?do=delete', '?do=image'].map(
        (tab) => `instances/${instance.id}${tab}`,
      ),
      'instances/new',
      `images?q=${LONGEST_IMAGE}`,
      ...['', '/drills', '/settings', '/restore', '?do=delete'].map((tab) => `images/${image.id}${tab}`),
      'operations?state=FAILED',
      `operations/${operations.nodes[0]?.id}`,
      'schedules',
      'schedules/new',
      `schedules/${createSchedule.schedule.id}`,
      'alerts',
      'server',
      'server/users',
      'server/tokens',
      'server/webhooks',
      'server/audit',
    ];
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await home?.stop();
  });

  const ask = <Data>(query: string) => askServer<Data>(server, query);

  // 320 is a window of 1280 at 400 %; 32 is text at 200 %, which a small telephone shows as well.
  const LOOKS: readonly Look[] = [
    { width: 320 },
    { width: 360, dark: true },
    { width: 360, fontPx: 32 },
    { width: 768 },
    { width: 1440, dark: true },
    { width: 1280, fontPx: 32 },
  ];

  test('nothing stands out of a page, nor is cut off, nor read the other way round, however it is looked at', async () => {
    const one = await openConsole(browser, root);
    await one.open('');
    await one.signIn('admin', PASSWORD);
    const found: string[] = [];
    for (const place of places) {
      await one.openWhole(place);
      for (const look of LOOKS) {
        await one.lookAs(look);
        const wrong = [...(await one.audit()), ...(await one.standingOut()), ...(await one.turnedRound())];
        found.push(...wrong.map((what) => `${place}, ${JSON.stringify(look)}: ${what}`));
        await one.picture(`${look.width}-${look.fontPx ?? 16}${look.dark ? '-dark' : ''}-${place}`);
      }
    }
    expect([...found, ...one.faults]).toEqual([]);
    await one.close();
  });

  /** Dots that touch another one, or that the line does not reach. */
  const TOUCHING = `(() => {
    const places = [...document.querySelectorAll('.timeline-lane .dot')].map((dot) => {
      const { left, right, top, bottom } = dot.getBoundingClientRect();
      return { name: dot.getAttribute('aria-label'), x: (left + right) / 2, y: (top + bottom) / 2, half: (right - left) / 2 };
    });
    const lane = document.querySelector('.timeline-lane').getBoundingClientRect();
    return places.flatMap((one, index) => [
      ...(one.y - one.half < lane.top || one.y + one.half > lane.bottom ? [one.name + ' stands out of the line'] : []),
      ...places.slice(index + 1).filter((two) => Math.hypot(one.x - two.x, one.y - two.y) < one.half + two.half + 1)
        .map((two) => one.name + ' touches ' + two.name),
    ]);
  })()`;

  test.each([{ width: 360 }, { width: 768 }, { width: 1440 }])(
    'images of each night stay apart on the line of time: %o',
    async (look) => {
      const { instance } = await ask<{ instance: { id: string } }>('{ instance(name: "shop-0002") { id } }');
      const one = await openConsole(browser, root, look);
      await one.open(`instances/${instance.id}`);
      await one.signIn('admin', PASSWORD);
      await eventually(
        () => one.page.locator('.timeline-lane .dot').count(),
        (count) => count === NIGHTS + 3,
      );
      expect(await one.page.evaluate(TOUCHING)).toEqual([]);
      expect(await one.standingOut()).toEqual([]);
      await one.picture(`${look.width}-nights`);
      await one.close();
    },
  );

  test('no address is broken within its host or its port where it has no room', async () => {
    const { instance } = await ask<{ instance: { id: string } }>('{ instance(name: "shop-0002") { id } }');
    const one = await openConsole(browser, root, { width: 360 });
    await one.open(`instances/${instance.id}`);
    await one.signIn('admin', PASSWORD);
    await one.page.getByText('Connection string').waitFor();
    const lines = await one.page.locator('.facts .wrap code').evaluateAll<string[], HTMLElement>((codes) =>
      codes.map((code) => {
        const parts: string[] = [];
        for (const node of code.childNodes) {
          const range = document.createRange();
          range.selectNode(node);
          if (range.getClientRects().length > 1) parts.push(String(node.textContent));
        }
        return parts.join(' ');
      }),
    );
    expect(lines).toEqual(['', '']);
    await one.close();
  });

  test('why a button cannot be pressed is seen whole, wherever the button stands', async () => {
    for (const width of [360, 768, 1280]) {
      const one = await openConsole(browser, root, { width });
      await one.open(places.find((place) => /^operations\/./.test(place)) ?? '');
      await one.signIn('admin', PASSWORD);
      const button = one.page.getByRole('button', { name: 'Cancel', exact: true });
      await button.focus();
      const reason = one.page.getByRole('tooltip').filter({ visible: true });
      await reason.getByText('It is over: failed.').waitFor();
      const box = await reason.boundingBox();
      expect(box?.x, `${width}`).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? width) + (box?.width ?? 0), `${width}`).toBeLessThanOrEqual(width);
      await one.close();
    }
  });

  test('what can be done with those selected lies above the places on a telephone', async () => {
    const one = await openConsole(browser, root, { width: 360 });
    await one.open('instances');
    await one.signIn('admin', PASSWORD);
    await one.page.getByRole('checkbox').nth(1).check();
    await one.page.getByRole('checkbox').nth(2).check();
    // Not by a force: a button that lies below something else cannot be pressed.
    await one.page.getByRole('button', { name: 'Select none' }).click();
    await one.page.getByRole('region', { name: 'With those selected' }).waitFor({ state: 'detached' });
    await one.close();
  });

  test('an operation that failed has no bar that could be read as done', async () => {
    const one = await openConsole(browser, root);
    await one.open(places.find((place) => /^operations\/./.test(place)) ?? '');
    await one.signIn('admin', PASSWORD);
    const main = one.page.getByRole('main');
    await main.getByText('Failed', { exact: true }).first().waitFor();
    expect(await main.getByRole('progressbar').count()).toBe(0);
    await one.close();
  });
});
