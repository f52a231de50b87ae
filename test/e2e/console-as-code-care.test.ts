import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type CodeReader, createCodeReader } from '../support/console-code.ts';
import { type ConsoleBrowser, openConsole } from '../support/console-visit.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const PASSWORD = 'correct horse battery staple';
const executablePath = findChromium();
type Found = Record<string, { id: string }>;

describe.skipIf(executablePath === null)('what the console shows as code, of all that looks after instances', () => {
  let home: E2eHome;
  let server: E2eServer;
  let browser: Browser;
  let one: ConsoleBrowser;
  let page: Page;
  let toygres: Toygres;
  let code: CodeReader;
  let ids: Record<'instance' | 'image' | 'schedule' | 'alert' | 'failed', string>;

  beforeAll(async () => {
    home = await makeE2eHome('console-code-care');
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

    await code.done('toygres instance create shop --label team=shop --label empty= --watch');
    await code.done('toygres image create kept --instance shop --watch');
    await code.done('toygres schedule create nightly --cron "0 3 * * *" --label team=shop --keep-daily 7');
    await code.done('toygres instance psql shop -- -Xqc "CREATE DATABASE closed ALLOW_CONNECTIONS false"');
    expect(await code.paste('toygres image create never --instance shop --watch')).toMatchObject({ code: 1 });
    const found = await toygres.request<Found>(
      '{ instance(name: "shop") { id } image(name: "kept") { id } schedule(name: "nightly") { id } failed: image(name: "never") { id } }',
    );
    const failed = await toygres.request<{ operations: { nodes: { id: string }[] } }>(
      '{ operations(filter: { state: [FAILED] }) { nodes { id } } }',
    );
    const alert = await eventually(
      () => toygres.request<{ alerts: { nodes: { id: string }[] } }>('{ alerts(open: true) { nodes { id } } }'),
      ({ alerts }) => alerts.nodes.length > 0,
    );
    ids = {
      instance: found.instance?.id ?? '',
      image: found.image?.id ?? '',
      schedule: found.schedule?.id ?? '',
      alert: alert.alerts.nodes[0]?.id ?? '',
      failed: failed.operations.nodes[0]?.id ?? '',
    };
  });

  afterAll(async () => {
    await browser?.close();
    await toygres?.close();
    await server?.stop();
    await home?.stop();
  });

  test('changes users as their buttons do', async () => {
    await code.settle('server/users');
    await page.getByLabel('Name').fill("it's <vera>");
    await code.done((await code.copyFrom(page.locator('.panel', { hasText: 'New user' }))).toygres);
    const menu = "What can be done with it's <vera>";
    await code.done((await code.fromMenu('server/users', menu, 'Make viewer')).toygres);
    await code.done((await code.fromMenu('server/users', menu, 'Disable')).curl);
    const { users } = await toygres.request<{ users: { nodes: object[] } }>(
      '{ users { nodes { username role enabled } } }',
    );
    expect(users.nodes).toContainEqual({ username: "it's <vera>", role: 'VIEWER', enabled: false });
    await code.done((await code.fromMenu('server/users', menu, 'Delete')).toygres);
    await code.settle('server/users');
    expect(await page.getByText("it's <vera>").count()).toBe(0);
  });

  test('makes and revokes tokens', async () => {
    await code.settle('server/tokens');
    await page.getByLabel('What it is for').fill('ci');
    const token = await code.done((await code.copyFrom(page.locator('.panel', { hasText: 'New token' }))).toygres);
    await code.settle('server/tokens');
    await page.getByRole('button', { name: 'Revoke ci' }).click();
    await code.done((await code.copyFrom(page.getByRole('alertdialog'))).toygres);
    expect(await code.paste(`env TOYGRES_TOKEN=${token.trim()} toygres instance list`)).toMatchObject({ code: 4 });
  });

  test('makes, tries, disables and deletes webhooks', async () => {
    await code.settle('server/webhooks');
    await page.getByLabel('Name').fill('channel');
    let told = '';
    const receiver = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part) => {
        told += part;
      });
      request.on('end', () => response.writeHead(204).end());
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void receiver.close());
    await once(receiver, 'listening');
    await page.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/it's`);
    await code.done((await code.copyFrom(page.locator('.panel', { hasText: 'New webhook' }))).toygres);
    await code.settle('server/webhooks');
    const trial = (await code.copyNamed('The trial as code')).curl;
    expect(JSON.parse(await code.done(trial))).toMatchObject({
      data: { testWebhook: { delivery: { statusCode: 204 } } },
    });
    expect(told).toMatch(/test/);
    expect(await code.done((await code.copyNamed('Its messages as code')).toygres)).toMatch(/204/);
    const menu = 'What can be done with channel';
    await code.done((await code.fromMenu('server/webhooks', menu, 'Disable')).toygres);
    await code.done((await code.fromMenu('server/webhooks', menu, 'Enable')).curl);
    await code.done((await code.fromMenu('server/webhooks', menu, 'Delete')).toygres);
    await code.settle('server/webhooks');
    await page.getByText('No webhooks').waitFor();
  });

  test('begins anew what failed, and runs, changes, disables and deletes schedules', async () => {
    await code.done('toygres instance psql shop -- -Xqc "DROP DATABASE closed"');
    await code.settle(`operations/${ids.failed}`);
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await code.done((await code.copyFrom(page.getByRole('dialog'))).toygres);
    await page.locator('.page-title .state', { hasText: 'Succeeded' }).waitFor();

    const schedule = `schedules/${ids.schedule}`;
    await code.settle(schedule);
    await code.done((await code.copyNamed('“Run now” as code')).toygres);
    await code.settle(`${schedule}/edit`);
    await page.getByLabel('Daily').fill('3');
    await code.done((await code.copyFrom(page.locator('form'))).toygres);
    await code.done((await code.fromMenu(schedule, 'More', 'Disable')).toygres);
    const { schedules } = await toygres.request<{ schedules: { nodes: object[] } }>(
      '{ schedules { nodes { name enabled retention { keepDaily } runs { totalCount } } } }',
    );
    expect(schedules.nodes).toEqual([
      { name: 'nightly', enabled: false, retention: { keepDaily: 3 }, runs: { totalCount: 1 } },
    ]);
    await code.done((await code.fromMenu(schedule, 'More', 'Enable')).curl);
    await code.done((await code.fromMenu(schedule, 'More', 'Delete')).toygres);
    await code.settle('schedules');
    await page.getByText('No schedules').waitFor();
    expect(one.faults).toEqual([]);
  });
});
