import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatCount } from '../../web/src/format/numbers.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();
const LINES = 100_000;
/** What comes while somebody reads. */
const MORE = 20_000;
/** Of those that are in the page at a time, however long the log is. */
const MOST_ROWS = 120;

describe.skipIf(executablePath === null)('the console, before a log of a hundred thousand lines', () => {
  let home: E2eHome;
  let server: E2eServer;
  let api: E2eClient;
  let browser: Browser;
  let one: ConsoleBrowser;
  let page: Page;
  /** Of the program of the job that stands still for as long as somebody looks. */
  let dump: number;
  let operationId: string;
  let log: string;
  /** How many lines the job itself had written. */
  let own: number;

  beforeAll(async () => {
    home = await makeE2eHome('console-long-log');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD }),
      launchChromium(executablePath),
    ]);
    api = createE2eClient(server);
    const made = await api.createInstance({ name: 'source' });
    await api.untilOver(made.operationId);
    const login = await api.login(made.id);
    await fillSlowServer(login);
    const held = await holdTable(login, 'orders');
    ({ operationId } = await api.createImage({ name: 'talkative', instanceId: made.id }));
    await api.untilStep(operationId, 'Dump the databases');
    const job = (await api.operation(operationId)).jobs[0]?.id ?? '';
    log = path.join(home.directory, 'state/jobs', job, 'attempts/1/log');
    await eventually(
      // Until its supervisor has begun there is none.
      () => readFile(log, 'utf8').catch(() => ''),
      (text) => text.includes('other one: dumping public.things'),
    );
    dump = await untilHeldDump();
    process.kill(dump, 'SIGSTOP');
    await held.release();
    own = (await readFile(log, 'utf8')).split('\n').length - 1;
    await write(1, LINES);
    one = await openConsole(browser, (server.url ?? '').replace(/graphql$/, ''));
    page = one.page;
    await one.open(`operations/${operationId}`);
    await one.signIn('admin', PASSWORD);
    await box().waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await server?.stop();
    await home?.stop();
  });

  /**
   * The process of the dump that waits at the table, once the dumps of the other databases are over: of these the log
   * says its last line, and what is stopped must be the one that is held.
   */
  const untilHeldDump = async () => {
    const isDump = (process: string) => /^\d+ \S*pg_dump /.test(process);
    const dumps = await eventually(
      async () => (await home.processes()).filter(isDump),
      (found) => found.length === 1 && found[0]?.includes("--dbname=dbname='postgres'") === true,
    );
    return Number.parseInt(dumps[0] ?? '', 10);
  };
  /** As the job itself would: its supervisor puts the time before each line, and writes whole lines at once. */
  const write = async (first: number, last: number) => {
    for (let from = first; from <= last; from += 5_000) {
      const at = (Date.now() / 1000).toFixed(6);
      const lines = Array.from({ length: Math.min(5_000, last - from + 1) }, (_, index) => {
        const n = from + index;
        return `${at} line ${n} of many ${n % 1000 === 0 ? `and a long one ${'that goes on '.repeat(40)}` : ''}\n`;
      });
      await appendFile(log, lines.join(''));
    }
  };
  const box = () => page.getByRole('log');
  const rows = () => box().locator('.log-line').count();
  const shown = (text: string) => box().getByText(text).first().waitFor();
  const untilStill = async () => {
    let last = -1;
    await eventually(
      () => box().evaluate(({ scrollTop }) => scrollTop),
      (top) => {
        const isStill = top === last;
        last = top;
        return isStill;
      },
    );
  };
  const untilAtEnd = () =>
    eventually(
      () => box().evaluate(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - scrollTop - clientHeight),
      (left) => left < 2,
    );

  test('all of its lines come, and few of them are in the page', async () => {
    await page.getByText(`${formatCount(own + LINES)} lines`).waitFor();
    await shown(`line ${LINES} of many`);
    expect(await rows()).toBeLessThan(MOST_ROWS);
    expect(await one.audit()).toEqual([]);
  });

  test('each of them can be reached by scrolling, whatever is in the page', async () => {
    await box().focus();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    await shown('line 1 of many');
    expect(await rows()).toBeLessThan(MOST_ROWS);
    for (const part of [0.25, 0.5, 0.75]) {
      await box().evaluate((element, at) => element.scrollTo(0, element.scrollHeight * at), part);
      const middle = Math.round((own + LINES) * part);
      await shown(`line ${middle - own} of many`);
      expect(await rows()).toBeLessThan(MOST_ROWS);
    }
    await box().focus();
    await page.keyboard.press('End');
    await shown(`line ${LINES} of many`);
  });

  test('each of them is found, and all that hold a text are counted', async () => {
    const search = page.getByLabel('Search in the log');
    await search.pressSequentially('line 99999 of');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await box().locator('.log-line.hit').getByText('line 99999 of many').waitFor();
    await search.fill('of MANY');
    await page.getByText(`1 of ${formatCount(LINES)}`, { exact: true }).waitFor();
    await box().dispatchEvent('wheel', { deltaY: 1 });
    await search.press('Shift+Enter');
    await page.getByText(`${formatCount(LINES)} of ${formatCount(LINES)}`, { exact: true }).waitFor();
    await box().locator('.log-line.hit').getByText(`line ${LINES} of many`).waitFor();
    await untilStill();
    expect(await page.getByRole('button', { name: 'Follow', exact: true }).count()).toBe(1);
    await search.fill('');
  });

  test('wrapped, long ones stand in the box, and the last one at its end', async () => {
    await page.getByRole('button', { name: 'Wrap' }).click();
    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    await shown(`line ${LINES} of many`);
    const { width, within } = await box().evaluate(({ scrollWidth, clientWidth }) => ({
      width: scrollWidth,
      within: clientWidth,
    }));
    expect(width).toBeLessThanOrEqual(within);
    await untilAtEnd();
    expect(await rows()).toBeLessThan(MOST_ROWS);
    expect(await one.audit()).toEqual([]);
    await page.getByRole('button', { name: 'Wrap' }).click();
  });

  test('it holds still while many more come, counts them, and has them all at its end', async () => {
    await box().focus();
    await page.keyboard.press('PageUp');
    await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    await untilStill();
    const before = await box().locator('.log-line').first().innerText();
    await write(LINES + 1, LINES + MORE);
    const fresh = page.getByRole('button', { name: `${formatCount(MORE)} new lines` });
    await fresh.waitFor();
    expect(await box().locator('.log-line').first().innerText()).toBe(before);
    await fresh.click();
    await shown(`line ${LINES + MORE} of many`);
    await page.getByText(`${formatCount(own + LINES + MORE)} lines`).waitFor();
    await untilAtEnd();
    expect(await rows()).toBeLessThan(MOST_ROWS);
  });

  test('what is saved is the whole of it', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save' }).click();
    const saved = await readFile(await (await download).path(), 'utf8');
    const numbers = [...saved.matchAll(/^\S+Z line (\d+) of many/gm)].map((match) => Number(match[1]));
    expect(numbers).toHaveLength(LINES + MORE);
    expect(numbers.every((number, index) => number === index + 1)).toBe(true);
    expect(saved.split('\n')).toHaveLength(own + LINES + MORE + 1);
  });

  test('what is kept of it once the job is over is the same, and a link leads to a line in the midst of it', async () => {
    process.kill(dump, 'SIGCONT');
    await api.untilOver(operationId);
    await one.open(`operations/${operationId}`);
    await page.getByText(/^12\d,\d{3} lines, ended$/).waitFor();
    await page.getByLabel('Search in the log').fill('line 99999 of');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await one.open(`operations/${operationId}?line=${own + 54_321}`);
    await box().locator('.log-line.hit').getByText('line 54321 of many').waitFor();
  });

  test('met no fault on its way', () => {
    expect(one.faults).toEqual([]);
  });
});
