import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, runCommand, startInTerminal } from '../support/command-line.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/;
const PASSWORD = 'a password for the tests';

let home: E2eHome;
let server: E2eServer;
let url: string;
let config: string;
let login: Record<string, string>;

beforeAll(async () => {
  home = await makeE2eHome('command-line-nouns');
  server = await home.start('standalone', {
    TOYGRES_ADMIN_USERNAME: 'boss',
    TOYGRES_ADMIN_PASSWORD: PASSWORD,
    TOYGRES_WEBHOOK_ALLOW_PRIVATE: 'true',
  });
  config = await mkdtemp('/tmp/toygres-contexts-');
  url = (server.url ?? '').replace('/graphql', '');
  login = { TOYGRES_URL: url, TOYGRES_TOKEN: server.token };
  const made = await toygres('instance', 'create', 'shop', '--label', 'team=shop', '--watch', '-o', 'id');
  expect(made).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await server?.stop();
  await home?.stop();
  await rm(config, { recursive: true, force: true });
});

const toygres = (...words: string[]) => runCommand(words, login);
const parse = ({ stdout }: Ended) => JSON.parse(stdout);

describe('signing in', () => {
  test('takes a name and a password from stdin, keeps a token of its own, and logout revokes that', async () => {
    const own = { XDG_CONFIG_HOME: config };
    const wrong = await runCommand(['login', '--url', url, '--username', 'boss'], own, 'not this one\n');
    expect(wrong).toMatchObject({ code: 4, stdout: '' });
    const signedIn = await runCommand(['login', '--url', url, '--username', 'boss'], own, `${PASSWORD}\n`);
    expect(signedIn).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('as boss (ADMIN)') });
    const kept = await readFile(path.join(config, 'toygres/contexts.json'), 'utf8');
    expect(kept).not.toContain(PASSWORD);
    const [{ token, tokenId }] = JSON.parse(kept).contexts;
    expect(parse(await runCommand(['context', 'list', '-o', 'json'], own))).toEqual([
      { name: 'default', url, current: true },
    ]);
    const [first] = parse(await runCommand(['token', 'list', '-o', 'json'], own));
    expect(first).toMatchObject({
      id: tokenId,
      name: expect.stringMatching(/^boss \(toygres login on /),
      role: 'ADMIN',
    });
    expect(Date.parse(first.expiresAt)).toBeGreaterThan(Date.now() + 29 * 86_400_000);

    expect(await runCommand(['logout'], own)).toMatchObject({ code: 0, stderr: '' });
    expect(await runCommand(['instance', 'list'], { ...login, TOYGRES_TOKEN: token })).toMatchObject({ code: 4 });
  });

  test('signing in again revokes the token that it replaces', async () => {
    const own = { XDG_CONFIG_HOME: path.join(config, 'again') };
    for (let time = 0; time < 2; time += 1) {
      const words = ['login', '--url', url, '--username', 'boss', '--context', 'again'];
      expect(await runCommand(words, own, `${PASSWORD}\n`)).toMatchObject({ code: 0 });
    }
    const tokens = parse(await runCommand(['token', 'list', '--all', '-o', 'json'], own)).slice(0, 2);
    expect(tokens).toMatchObject([{ revokedAt: null }, { revokedAt: expect.any(String) }]);
    await runCommand(['logout'], own);
  });

  test('asks for the password in a terminal, and shows nothing of it', async () => {
    const own = { XDG_CONFIG_HOME: path.join(config, 'terminal') };
    const running = startInTerminal(['login', '--url', url, '--username', 'boss'], own);
    await eventually(
      () => running.said().stdout,
      (text) => text.includes('Password: '),
    );
    running.child.stdin?.write(`${PASSWORD}\r`);
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Signed in');
    expect(ended.stdout).not.toContain(PASSWORD);
    await runCommand(['logout'], own);
  });

  test('Ctrl-C at the question ends with 130 and leaves nothing', async () => {
    const own = { XDG_CONFIG_HOME: path.join(config, 'interrupted') };
    const running = startInTerminal(['login', '--url', url, '--username', 'boss'], own);
    await eventually(
      () => running.said().stdout,
      (text) => text.includes('Password: '),
    );
    running.child.stdin?.write('\u0003');
    expect(await running.ended).toMatchObject({ code: 130 });
    expect((await runCommand(['context', 'list', '-o', 'json'], own)).stdout).toBe('[]\n');
  });
});

describe('schedules', () => {
  test('are made, looked at, previewed, run, changed and deleted', async () => {
    const rules = ['--cron', '0 3 * * *', '--time-zone', 'Europe/Berlin', '--keep-last', '5', '--keep-daily', '7'];
    const made = await toygres('schedule', 'create', 'nightly', ...rules, '--label', 'team=shop', '-o', 'id');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    expect(parse(await toygres('schedule', 'get', 'nightly', '-o', 'json'))).toMatchObject({
      id: made.stdout.trim(),
      cron: '0 3 * * *',
      timeZone: 'Europe/Berlin',
      selector: [{ key: 'team', value: 'shop' }],
      retention: { keepLast: 5, keepDaily: 7, keepHourly: null },
    });

    const run = await toygres('schedule', 'run', 'nightly', '--watch', '-o', 'json');
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/shop: succeeded /) });
    expect(parse(run)).toMatchObject({ state: 'SUCCEEDED', operations: [{ state: 'SUCCEEDED' }] });
    expect(await toygres('schedule', 'run', 'nightly', '--watch')).toMatchObject({ code: 0 });
    expect(parse(await toygres('schedule', 'runs', 'nightly', '-o', 'json'))).toHaveLength(2);

    const preview = await toygres('schedule', 'preview', 'nightly', '--keep-last', '1', '-o', 'json');
    expect(parse(preview)).toMatchObject({ keep: [expect.any(Object)], remove: [expect.any(Object)] });
    const gone = await toygres('schedule', 'preview', 'nightly', '--keep-last', '1', '-o', 'id');
    expect(gone).toMatchObject({ stdout: expect.stringMatching(ID), stderr: expect.stringMatching(/^1 would go/) });

    const changed = ['--enabled', 'no', '--drill-every', '0', '--every-instance', '--name', 'all'];
    expect(await toygres('schedule', 'update', 'nightly', ...changed)).toMatchObject({ code: 0 });
    expect(parse(await toygres('schedule', 'list', '-o', 'json'))).toMatchObject([
      { name: 'all', enabled: false, selector: [], drillEvery: null, nextRunsAt: [] },
    ]);
    expect(await toygres('image', 'list', '--schedule', 'all', '--state', 'available', '-o', 'id')).toMatchObject({
      stdout: expect.stringMatching(/^\S+\n\S+\n$/),
    });
    expect(await toygres('schedule', 'delete', 'all')).toMatchObject({ code: 0, stdout: made.stdout });
  });

  test.each([
    [['create', 'x', '--keep-last', '1', '--every-instance'], 2, /When\?/],
    [['create', 'x', '--cron', '0 3 * * *', '--every-instance'], 2, /How long/],
    [['create', 'x', '--cron', '0 3 * * *', '--keep-last', '1'], 2, /Of what\?/],
    [['create', 'x', '--cron', 'never', '--keep-last', '1', '--every-instance'], 1, /cron/i],
    [['run', 'nobody'], 3, /There is no schedule "nobody"/],
    [['preview'], 2, /Of what\?/],
  ])('%j ends with %i', async (words, code, message) => {
    expect(await toygres('schedule', ...words)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });
});

describe('secrets that are shown once', () => {
  test('of a user stand alone on stdout, and let the user sign in', async () => {
    const made = await toygres('user', 'create', 'ann', '--role', 'viewer', '--scope', 'team=shop');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S{12,}\n$/) });
    expect(made.stderr).toMatch(/username: +ann/);
    const own = { XDG_CONFIG_HOME: path.join(config, 'ann') };
    const signedIn = await runCommand(['login', '--url', url, '--username', 'ann'], own, made.stdout);
    expect(signedIn).toMatchObject({ code: 0, stderr: expect.stringContaining('as ann (VIEWER)') });
    expect(parse(await runCommand(['instance', 'list', '-o', 'json'], own))).toMatchObject([{ name: 'shop' }]);
    const refused = await runCommand(['instance', 'credentials', 'shop'], own);
    expect(refused).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/needs the role/) });
    expect(await runCommand(['instance', 'credentials', 'shop', '--login', 'owner'], own)).toMatchObject({ code: 4 });

    expect(await toygres('user', 'update', 'ann', '--role', 'operator', '--everything')).toMatchObject({ code: 0 });
    expect(parse(await toygres('user', 'list', '-o', 'json'))).toMatchObject([
      { username: 'ann', role: 'OPERATOR', scope: [] },
      { username: 'boss' },
    ]);
    expect(await toygres('user', 'delete', 'Ann')).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    expect(await toygres('user', 'delete', 'ann')).toMatchObject({ code: 3 });
    expect(await runCommand(['instance', 'list'], own)).toMatchObject({ code: 4 });
  });

  test('of a user are read from stdin where one is given', async () => {
    const words = ['user', 'create', 'bob', '--role', 'VIEWER', '--password-stdin', '-o', 'json'];
    const made = await runCommand(words, login, `${PASSWORD}\n`);
    expect(parse(made)).toMatchObject({ user: { username: 'bob' }, password: null });
    expect(made.stdout + made.stderr).not.toContain(PASSWORD);
    expect(await toygres('user', 'delete', 'bob')).toMatchObject({ code: 0 });
  });

  test('of a token stand alone on stdout, and work until it is revoked', async () => {
    const made = await toygres('token', 'create', 'ci', '--role', 'viewer', '--expires-at', '2999-01-01T00:00:00Z');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^toygres_\S+\n$/) });
    expect(made.stderr).not.toContain(made.stdout.trim());
    const own = { ...login, TOYGRES_TOKEN: made.stdout.trim() };
    expect(await runCommand(['instance', 'list'], own)).toMatchObject({ code: 0 });
    expect(await runCommand(['instance', 'stop', 'shop'], own)).toMatchObject({ code: 4 });
    expect(await toygres('token', 'revoke', 'ci')).toMatchObject({ code: 0 });
    expect(await runCommand(['instance', 'list'], own)).toMatchObject({ code: 4 });
    expect(await toygres('token', 'revoke', 'ci')).toMatchObject({ code: 3 });
    const byId = await toygres('token', 'create', 'other', '--role', 'viewer', '-o', 'id');
    expect(byId).toMatchObject({ stdout: expect.stringMatching(ID), stderr: expect.stringContaining('not shown') });
    expect(await toygres('token', 'revoke', byId.stdout.trim())).toMatchObject({ code: 0 });
  });

  test('of a webhook stand alone on stdout, and it is tried, changed and deleted', async () => {
    const bodies: string[] = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      response.writeHead(request.url === '/bad' ? 500 : 204).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    onTestFinished(() => void receiver.close());
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const made = await toygres('webhook', 'create', 'channel', address, '--event', 'alert.opened');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whsec_\S+\n$/) });
    const tried = await toygres('webhook', 'test', 'channel', '-o', 'json');
    expect(tried.code).toBe(0);
    expect(parse(tried)).toMatchObject({ event: 'ALERT_OPENED', statusCode: 204 });
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ type: 'alert.opened' });
    const change = ['--to', `${address}/bad`, '--event', 'operation.failed', '--event', 'drill.failed'];
    expect(await toygres('webhook', 'update', 'channel', ...change)).toMatchObject({ code: 0 });
    expect(await toygres('webhook', 'test', 'channel')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('500'),
    });
    expect(parse(await toygres('webhook', 'deliveries', 'channel', '-o', 'json'))).toHaveLength(2);
    const rotated = await toygres('webhook', 'rotate-secret', 'channel');
    expect(rotated.stdout).toMatch(/^whsec_\S+\n$/);
    expect(rotated.stdout).not.toBe(made.stdout);
    expect(parse(await toygres('webhook', 'list', '-o', 'json'))).toMatchObject([
      { name: 'channel', events: ['OPERATION_FAILED', 'DRILL_FAILED'] },
    ]);
    expect(await toygres('webhook', 'delete', 'channel')).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    expect(await toygres('webhook', 'test', 'channel')).toMatchObject({ code: 3 });
  });
});

describe('what there is to know', () => {
  test('credentials are those of the login that is asked for', async () => {
    const owner = await toygres('instance', 'credentials', 'shop', '--login', 'owner');
    expect(owner.stdout).toMatch(/^postgresql:\/\/app:/);
    const superuser = await toygres('instance', 'credentials', 'shop', '--login', 'superuser');
    expect(superuser.stdout).toMatch(/^postgresql:\/\/postgres:/);
    expect((await toygres('instance', 'credentials', 'shop')).stdout).toBe(superuser.stdout);
    const asked = await toygres('instance', 'psql', 'shop', '--login', 'owner', '--', '-AtXc', 'SELECT current_user');
    expect(asked).toMatchObject({ code: 0, stdout: 'app\n' });
  });

  test('alerts, drift, preflight and the audit log', async () => {
    expect(parse(await toygres('alert', 'list', '-o', 'json'))).toEqual([]);
    expect(parse(await toygres('drill', 'list', '--instance', 'shop', '-o', 'json'))).toEqual([]);
    expect(await toygres('drill', 'get', '00000000-0000-4000-8000-000000000000')).toMatchObject({ code: 3 });
    expect((await toygres('server', 'drift', '-o', 'json')).code).toBe(0);
    expect(await toygres('server', 'preflight', '--watch', '-o', 'id')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(ID),
    });
    expect(await toygres('server', 'diagnostics')).toMatchObject({ code: 0, stdout: expect.stringContaining('ok ') });
    await toygres('instance', 'credentials', 'shop', '--login', 'owner');
    const log = parse(await toygres('audit', 'list', '--action', 'readCredentials', '--first', '1', '-o', 'json'));
    expect(log).toMatchObject([{ action: 'readCredentials', outcome: 'ALLOWED', actor: { name: expect.any(String) } }]);
    const refused = await toygres('audit', 'list', '--outcome', 'refused', '-o', 'json');
    expect(parse(refused)[0]).toMatchObject({ outcome: 'REFUSED' });
  });

  test('many images are deleted with one result each, in the form that is asked for', async () => {
    for (const name of ['first', 'second']) {
      const words = ['image', 'create', name, '--instance', 'shop', '--label', 'for=deletion', '--watch'];
      expect(await toygres(...words)).toMatchObject({ code: 0 });
    }
    await toygres('image', 'update', 'first', '--protected', 'yes');
    const done = await toygres('image', 'delete', '--all', '--label', 'for=deletion', '--yes', '--watch', '-o', 'json');
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('delete 2: ') });
    const byName = parse(done).sort((one: { name: string }, other: { name: string }) =>
      one.name < other.name ? -1 : 1,
    );
    expect(byName).toMatchObject([
      { name: 'first', outcome: 'failed', message: expect.stringMatching(/protected/) },
      { name: 'second', outcome: 'done', operationId: expect.any(String), message: null },
    ]);
  });
});
