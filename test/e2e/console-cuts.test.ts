import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askServer } from '../support/ask-server.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { fillFleet, LONGEST_IMAGE, LONGEST_INSTANCE } from '../support/console-fleet.ts';
import { type ConsoleBrowser, openConsole, untilFetchedAhead } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();

/** A way in which a line is cut, and how it comes back; `told` is what the console says of it. */
interface Cut {
  readonly told: RegExp;
  readonly begin: () => unknown;
  readonly end: () => unknown;
  /** Nothing is heard: what is asked for meanwhile has no answer, and not even an error at first. */
  readonly isSilent?: boolean;
}

describe.skipIf(executablePath === null)('a console whose line to the server is cut', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let proxy: TcpProxy;
  let one: ConsoleBrowser;
  let root: string;

  beforeAll(async () => {
    home = await makeE2eHome('console-cuts');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    const direct = (server.url ?? '').replace(/graphql$/, '');
    await fillFleet(home.directory, 3);
    proxy = await startTcpProxy(direct);
    root = proxy.through(direct);
    one = await openConsole(browser, root);
    one.context.setDefaultTimeout(180_000);
    await one.open('');
    await one.signIn('admin', PASSWORD);
  });

  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    await home?.stop();
  });

  const CUTS: Readonly<Record<string, Cut>> = {
    'the browser is offline': {
      told: /You are offline/,
      begin: () => one.context.setOffline(true),
      end: () => one.context.setOffline(false),
    },
    'the server refuses all': { told: /is cut/, begin: () => proxy.cut(), end: () => proxy.restore() },
    'nothing passes, and then all of it': {
      told: /is cut/,
      begin: () => proxy.freeze(),
      end: () => proxy.restore(),
      isSilent: true,
    },
    'nothing passes, and then only what is new': {
      told: /is cut/,
      begin: () => proxy.freeze(),
      end: () => {
        proxy.forget();
        return proxy.restore();
      },
      isSilent: true,
    },
    'the server hangs': {
      told: /is cut/,
      begin: () => process.kill(server.pid, 'SIGSTOP'),
      end: () => process.kill(server.pid, 'SIGCONT'),
      isSilent: true,
    },
  };

  const link = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name });
  const ask = (query: string) => askServer(server, query);

  /** A tab that has its console and all code of it, and nothing yet of what it will be asked for. */
  async function openTab(place: string): Promise<Page> {
    const page = await one.context.newPage();
    await page.goto(`${root}${place}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    await untilFetchedAhead(page);
    return page;
  }

  /** What a page says while it has no answer: that it waits, or why it has none. */
  const isWithout = (page: Page) => page.locator('main').locator('.waiting, [role=alert]').first().waitFor();

  test.each(Object.entries(CUTS))('shows the truth by itself afterwards: %s', async (kind, cut) => {
    const name = `night-${Object.keys(CUTS).indexOf(kind)}`;
    const [looking, instances, images, overview] = await Promise.all([
      openTab('schedules'),
      openTab('instances/new'),
      openTab('instances/new'),
      openTab('instances/new'),
    ]);
    const tabs = [looking, instances, images, overview];
    try {
      await cut.begin();
      await Promise.all(tabs.map((page) => page.getByText(cut.told).waitFor()));
      // What nobody has asked for so far; also what stands beside the line that says it.
      await link(instances, 'Instances').click();
      await link(images, 'Images').click();
      await link(overview, 'Overview').click();
      await Promise.all([instances, images, overview].map(isWithout));
      if (!cut.isSilent)
        await Promise.all([instances, images, overview].map((page) => page.getByRole('alert').first().waitFor()));
    } finally {
      await cut.end();
    }
    await ask(
      `mutation { createSchedule(input: { name: "${name}", cron: "0 3 * * *", selector: [{ key: "tier", value: "gold" }],
        retention: { keepDaily: 7 } }) { schedule { id } } }`,
    );
    await looking.getByRole('link', { name }).waitFor();
    await instances.getByRole('link', { name: LONGEST_INSTANCE }).waitFor();
    await images.getByRole('link', { name: LONGEST_IMAGE }).waitFor();
    await overview.getByRole('link', { name: LONGEST_INSTANCE, exact: true }).waitFor();
    for (const page of tabs) {
      await eventually(
        () => page.locator('[role=alert], .waiting, .line-banner').count(),
        (count) => count === 0,
        300_000,
      );
      expect(await page.getByRole('status').getByText('Live').count()).toBe(1);
      await page.close();
    }
    expect(one.faults).toEqual([]);
  });
});
