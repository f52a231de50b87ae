import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type CodeReader, createCodeReader } from '../support/console-code.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();
/** What follows never ends: cut, by Ctrl-C, so late. */
const CUT_S = 20;
/** So many run beside each other: most of them wait. */
const AT_ONCE = 6;

describe.skipIf(executablePath === null)('every view of the console, as code', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let one: ConsoleBrowser;
  let page: Page;
  let toygres: Toygres;
  let code: CodeReader;
  let ids: Record<'instance' | 'image' | 'schedule' | 'alert' | 'failed', string>;

  beforeAll(async () => {
    home = await makeE2eHome('console-views');
    [server, browser] = await Promise.all([
      home.start('standalone', { TOYGRES_ADMIN_PASSWORD: PASSWORD, TOYGRES_WEBHOOK_ALLOW_PRIVATE: 'true' }),
      launchChromium(executablePath),
    ]);
    const root = (server.url ?? '').replace(/graphql$/, '');
    toygres = connect({ url: root, token: server.token });
    one = await openConsole(browser, root);
    page = one.page;
    code = await createCodeReader(home, server, root, one);
    await one.open('');
    await one.signIn('admin', PASSWORD);
  });

  // Of each page something to show, with time limits of their own.
  beforeAll(async () => {
    await code.done('toygres instance create shop --label team=shop --label empty= --watch');
    await Promise.all([
      code.done('toygres image create kept --instance shop --watch'),
      code.done('toygres schedule create nightly --cron "0 3 * * *" --label team=shop --keep-daily 7'),
      code.done('toygres webhook create channel http://127.0.0.1:9/ --event alert.opened --disabled'),
      code.done('toygres token create ci --role viewer'),
    ]);
  });

  beforeAll(async () => {
    await Promise.all([
      code.done('toygres image verify kept --watch'),
      code.done('toygres schedule run nightly --watch'),
    ]);
    await code.done('toygres instance psql shop -- -Xqc "CREATE DATABASE closed ALLOW_CONNECTIONS false"');
    expect(await code.paste('toygres image create never --instance shop --watch')).toMatchObject({ code: 1 });
    type Found = Record<'instance' | 'image' | 'schedule', { id: string }> & {
      operations: { nodes: { id: string }[] };
    };
    const found = await toygres.request<Found>(
      `{ instance(name: "shop") { id } image(name: "kept") { id } schedule(name: "nightly") { id }
        operations(filter: { state: [FAILED] }) { nodes { id } } }`,
    );
    const { alerts } = await eventually(
      () => toygres.request<{ alerts: { nodes: { id: string }[] } }>('{ alerts(open: true) { nodes { id } } }'),
      (answer) => answer.alerts.nodes.length > 0,
    );
    ids = {
      instance: found.instance.id,
      image: found.image.id,
      schedule: found.schedule.id,
      alert: alerts.nodes[0]?.id ?? '',
      failed: found.operations.nodes[0]?.id ?? '',
    };
  });

  afterAll(async () => {
    await browser?.close();
    await toygres?.close();
    await server?.stop();
    await home?.stop();
  });

  /** Runs a text, what is followed until it is cut; null where it ran and said the words. */
  async function faultOf(text: string, words: string | null): Promise<string | null> {
    const isStream = /^curl -sSN|--follow|operation watch/.test(text);
    const ran = await code.paste(isStream ? `timeout -s INT ${CUT_S} ${text}` : text);
    const said = ran.stdout + ran.stderr;
    // That something is not in order is an answer: an alert is open.
    const ends = /server diagnostics$/.test(text) ? [0, 1] : [0];
    const isRight = isStream ? said !== '' && [0, 1, 124].includes(ran.code ?? -1) : ends.includes(ran.code ?? -1);
    if (!isRight || /"errors":|unknown option/.test(said)) return `${text}: ${ran.code}: ${said.slice(0, 300)}`;
    return words === null || said.includes(words) ? null : `it shows ${words}, and ${text} says ${said.slice(0, 300)}`;
  }

  /** What a page shows as code, all that is no mutation; of the page itself, the last, the words that it shows. */
  async function readTexts(place: string, words: string | null) {
    await code.settle(place);
    if (words !== null) await page.locator('main').getByText(words).first().waitFor();
    const shown = await page.locator('.as-code').all();
    const texts: { readonly place: string; readonly text: string; readonly words: string | null }[] = [];
    for (const [index, part] of shown.entries()) {
      const { GraphQL = '', toygres: line, curl } = await code.copy(part);
      if (/^mutation/.test(GraphQL)) continue;
      for (const text of [line ?? `no line of toygres for ${GraphQL}`, curl ?? ''])
        texts.push({ place, text, words: index === shown.length - 1 ? words : null });
    }
    if (texts.length === 0) texts.push({ place, text: `nothing as code on ${place}`, words: null });
    return texts;
  }

  /** Copies what all those pages show, and runs it, some at once; nothing where none is wrong. */
  async function faultsOfAll(places: readonly (readonly [place: string, words: string | null])[]): Promise<string[]> {
    const texts: Awaited<ReturnType<typeof readTexts>> = [];
    for (const [place, words] of places) texts.push(...(await readTexts(place, words)));
    const faults: string[] = [];
    const runOn = async () => {
      for (let one = texts.pop(); one !== undefined; one = texts.pop()) {
        const fault = await faultOf(one.text, one.words);
        if (fault !== null) faults.push(`${one.place}: ${fault}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, runOn));
    return faults;
  }

  test('answers what the page of instances, or of one of them, shows', async () => {
    const instance = `instances/${ids.instance}`;
    const faults = await faultsOfAll([
      ['instances?q=shop&label=team%3Dshop&state=RUNNING', 'shop'],
      ['instances?label=empty', 'shop'],
      [instance, 'shop'],
      [`${instance}/images`, 'kept'],
      [`${instance}/operations`, 'never'],
      [`${instance}/logs`, 'shop'],
      [`${instance}/findings`, 'shop'],
    ]);
    expect(faults).toEqual([]);
  });

  test('answers what the page of images, or of one of them, shows', async () => {
    const image = `images/${ids.image}`;
    type Files = { image: { files: { name: string }[] } };
    const found = await toygres.request<Files>('{ image(name: "kept") { files { name } } }');
    const file = found.image.files[0]?.name ?? '';
    expect(file).not.toBe('');
    const faults = await faultsOfAll([
      ['images?q=kep&state=AVAILABLE&method=LOGICAL', 'kept'],
      [image, 'kept'],
      [`${image}/findings`, 'kept'],
      [`${image}/drills`, null],
      [`${image}/files`, file],
      [`${image}/operations`, 'kept'],
      [`${image}/logs`, null],
    ]);
    expect(faults).toEqual([]);
  });

  test('answers what the overview and the pages of operations, schedules and alerts show', async () => {
    const faults = await faultsOfAll([
      ['', 'never'],
      ['operations?state=FAILED&kind=CREATE_IMAGE', 'never'],
      [`operations/${ids.failed}`, 'closed'],
      ['schedules', 'nightly'],
      [`schedules/${ids.schedule}`, 'nightly'],
      ['alerts', 'never'],
      [`alerts/${ids.alert}`, 'never'],
    ]);
    expect(faults).toEqual([]);
  });

  test('answers what the pages of the server show', async () => {
    const faults = await faultsOfAll([
      ['server', 'notifications'],
      ['server/drift?state=REPORTED', null],
      ['server/webhooks', 'channel'],
      ['server/users', 'admin'],
      ['server/tokens', 'ci'],
      ['server/audit?outcome=ALLOWED&actor=admin', 'admin'],
    ]);
    expect(faults).toEqual([]);
    expect(one.faults).toEqual([]);
  });
});
