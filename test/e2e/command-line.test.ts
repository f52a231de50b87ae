import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, runInTerminal, startCommand } from '../support/command-line.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { untilProcess } from '../support/process-tree.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/;

let home: E2eHome;
let server: E2eServer;
let login: Record<string, string>;
let config: string;

beforeAll(async () => {
  home = await makeE2eHome('command-line');
  server = await home.start('standalone', { PORT: String(await freePort()) });
  config = await mkdtemp('/tmp/toygres-contexts-');
  login = { TOYGRES_URL: (server.url ?? '').replace('/graphql', ''), TOYGRES_TOKEN: server.token };
});
afterAll(async () => {
  await server?.stop();
  await home?.stop();
  await rm(config, { recursive: true, force: true });
});

const toygres = (...words: string[]) => runCommand(words, login);

describe('the command line', () => {
  test('tells the whole story, each command with its id alone on stdout', async () => {
    const shop = await toygres('instance', 'create', 'shop', '--label', 'team=shop', '--watch', '-o', 'id');
    expect(shop).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    expect(shop.stderr).toContain('create instance shop: succeeded');
    const image = await toygres('image', 'create', 'nightly', '--instance', 'shop', '--watch', '-o', 'id');
    expect(image).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    const copy = await toygres('instance', 'create', 'copy', '--from-image', 'nightly', '--watch', '-o', 'id');
    expect(copy).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });

    const listed = await toygres('instance', 'list', '-o', 'json');
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: 'copy', state: 'RUNNING' },
      { name: 'shop', state: 'RUNNING', labels: [{ key: 'team', value: 'shop' }] },
    ]);
    const got = await toygres('image', 'get', 'nightly', '-o', 'json');
    expect(JSON.parse(got.stdout)).toMatchObject({ id: image.stdout.trim(), state: 'AVAILABLE' });
    expect((await toygres('image', 'files', 'nightly')).stdout).toContain('packs/0001.tar');
    expect((await toygres('image', 'logs', 'nightly')).stdout.length).toBeGreaterThan(0);

    const query = ['--', '-AtXc', 'SELECT 40 + 2'];
    expect(await toygres('instance', 'psql', 'copy', ...query)).toMatchObject({ code: 0, stdout: '42\n' });
    expect((await toygres('instance', 'logs', 'shop', '--tail', '5')).stdout).toMatch(
      /ready to accept connections|LOG/,
    );
  });

  test('leaves Ctrl-C to psql, which ends a statement by it and says how it went itself', async () => {
    const shell = startCommand(['instance', 'psql', 'shop', '--', '-Xc', 'SELECT pg_sleep(120)'], login);
    const running = ['-AtXc', `SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(120)'`];
    await eventually(
      () => toygres('instance', 'psql', 'shop', '--', ...running),
      ({ stdout }) => stdout === '1\n',
    );
    // A terminal sends it to both of them.
    const { pid } = await untilProcess(shell.child.pid ?? 0, /^\S*psql .*pg_sleep/);
    shell.child.kill('SIGINT');
    shell.child.kill('SIGINT');
    process.kill(pid, 'SIGINT');
    expect(await shell.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('canceling statement due to user request'),
    });
  });

  test('begins without --watch, and says how to see it', async () => {
    const stopped = await toygres('instance', 'stop', 'copy');
    expect(stopped).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    expect(stopped.stderr).toBe(`Begun. Watch it with: toygres operation watch ${stopped.stdout}`);
    const watched = await toygres('operation', 'watch', stopped.stdout.trim());
    expect(watched).toMatchObject({ code: 0, stdout: '' });
    expect(watched.stderr).toMatch(/\[100 %\] stop instance copy/);
  });

  test('a watcher goes on over a restart of the server', async () => {
    const watched = startCommand(['instance', 'create', 'patient', '--watch', '-o', 'id'], login);
    await eventually(
      () => watched.said().stderr,
      (text) => text.includes('create instance patient'),
    );
    const { port } = new URL(server.url ?? '');
    await server.kill();
    server = await home.start('standalone', { PORT: port });
    const ended = await watched.ended;
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(ID) });
    const lines = ended.stderr.split('\n').filter((line) => line.includes('succeeded'));
    expect(new Set(lines).size).toBe(lines.length);
  });

  test('Ctrl-C leaves the operation running, and says how to come back', async () => {
    const watched = startCommand(['image', 'create', 'interrupted', '--instance', 'shop', '--watch'], login);
    await eventually(
      () => watched.said().stderr,
      (text) => text.includes('create image interrupted'),
    );
    watched.child.kill('SIGINT');
    const ended = await watched.ended;
    expect(ended.code).toBe(130);
    const [, id = ''] = /toygres operation watch (\S+)/.exec(ended.stderr) ?? [];
    expect(await toygres('operation', 'watch', id)).toMatchObject({ code: 0 });
    expect(JSON.parse((await toygres('image', 'get', 'interrupted', '-o', 'json')).stdout).state).toBe('AVAILABLE');
  });

  test('does one thing to many with a line for each, only when it is told to go on', async () => {
    await toygres('instance', 'update', 'patient', '--add-label', 'team=shop');
    const asked = await toygres('instance', 'restart', '--all', '--label', 'team=shop');
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('restart 2: ');
    const done = await toygres('instance', 'restart', '--all', '--label', 'team=shop', '--yes', '--watch');
    expect(done.code).toBe(0);
    expect(
      done.stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/ \(.*/, ''))
        .sort(),
    ).toEqual(['patient: done', 'shop: done']);
    expect(await toygres('instance', 'delete', '--all', '--yes')).toMatchObject({ code: 2, stdout: '' });
  });

  test.each([
    [['instance', 'get', 'nobody'], 3, /There is no instance "nobody"/],
    [['instance', 'create', 'Not A Name'], 1, /name/i],
    [['instance', 'frobnicate'], 2, /unknown command/],
    [['instance', 'list', '-o', 'yaml'], 2, /is one of table, json, id/],
    [['instance', 'list', '--label', 'nothing'], 2, /key=value/],
    [['operation', 'get', '00000000-0000-4000-8000-000000000000'], 3, /There is no operation/],
    [['image', 'create', 'of-what'], 2, /Of which server\?/],
  ])('%j ends with %i', async (words, code, message) => {
    const ended = await toygres(...words);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('a token that is none ends with 4, a server that is none with 5', async () => {
    expect(await runCommand(['instance', 'list'], { ...login, TOYGRES_TOKEN: 'x'.repeat(40) })).toMatchObject({
      code: 4,
    });
    const nowhere = { ...login, TOYGRES_URL: `http://127.0.0.1:${await freePort()}` };
    expect(await runCommand(['instance', 'list'], nowhere)).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/cannot be reached \(ECONNREFUSED\)/),
    });
  });

  test('remembers servers that were signed in to, for their owner alone', async () => {
    const own = { XDG_CONFIG_HOME: config };
    const { TOYGRES_URL: url = '' } = login;
    const refused = await runCommand(['login', '--url', url], own, 'wrong-wrong-wrong-wrong-wrong-wrong-wrong\n');
    expect(refused.code).toBe(4);
    const signedIn = await runCommand(['login', '--url', url, '--context', 'here'], own, `${server.token}\n`);
    expect(signedIn).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('"here" now') });
    const file = path.join(config, 'toygres/contexts.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain(server.token);
    expect(await runCommand(['instance', 'list', '-o', 'id'], own)).toMatchObject({ code: 0 });
    const listed = await runCommand(['context', 'list'], own);
    expect(listed.stdout).toMatch(/\*\s+here\s+http/);
    expect(listed.stdout).not.toContain(server.token);
    // Another server is not told this one's token.
    const other = await runCommand(['--url', 'http://192.0.2.1.invalid', 'server', 'status'], own);
    expect(other.code).toBe(5);
    expect(await runCommand(['logout'], own)).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).not.toContain(server.token);
  });

  test('draws bars in a terminal, and tables that fit it', async () => {
    const watched = await runInTerminal(['instance', 'restart', 'shop', '--watch'], login, 60);
    expect(watched.stdout).toMatch(/█/);
    const listed = stripVTControlCharacters((await runInTerminal(['instance', 'list'], login, 60)).stdout);
    const lines = listed.split(/\r?\n/).filter((line) => line !== '');
    expect(lines[0]).toMatch(/^NAME/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    const plain = await runInTerminal(['instance', 'list'], { ...login, NO_COLOR: '1' }, 60);
    expect(plain.stdout).not.toContain('\u001b[1m');
  });

  test('completes its commands', async () => {
    const { stdout } = await runCommand(['completion', 'bash'], {});
    const asked = `${stdout}\nCOMP_WORDS=(toygres instance cre); COMP_CWORD=2; _toygres; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { execFile } = await import('node:child_process');
    const answer = await new Promise<string>((resolve, reject) =>
      execFile('bash', ['-c', asked], (error, output) => (error ? reject(error) : resolve(output))),
    );
    expect(answer.trim().split('\n').sort()).toEqual(['create', 'credentials']);
  });
});
