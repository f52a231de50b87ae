import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, runInTerminal, startInTerminal } from '../support/command-line.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const LONG = 'a-name-as-long-as-the-name-of-an-image-can-be-so-that-none-fits';
const ESCAPE = '\u001b';
/** Colours and bold, and nothing that moves the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const COLOURS = /\u001b\[[\d;]*m/;

let home: E2eHome;
let server: E2eServer;
let login: Record<string, string>;

beforeAll(async () => {
  home = await makeE2eHome('terminal');
  server = await home.start('standalone');
  login = { TOYGRES_URL: (server.url ?? '').replace('/graphql', ''), TOYGRES_TOKEN: server.token };
  expect(await toygres('instance', 'create', 'shop', '--label', 'team=shop', '--watch')).toMatchObject({ code: 0 });
  expect(await toygres('image', 'create', LONG, '--instance', 'shop', '--watch')).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await server?.stop();
  await home?.stop();
});

const toygres = (...words: string[]) => runCommand(words, login);
const linesOf = (text: string) =>
  stripVTControlCharacters(text)
    .split(/\r?\n/)
    .filter((line) => line !== '');

describe('in a terminal', () => {
  test.each([40, 80, 200])('a table of %i columns is no wider, and its ids are whole', async (columns) => {
    for (const words of [
      ['image', 'list'],
      ['instance', 'list'],
      ['operation', 'list'],
      ['instance', 'health', 'shop'],
      ['server', 'drift'],
    ]) {
      const { code, stdout } = await runInTerminal(words, login, columns);
      expect(code).toBe(0);
      const wide = linesOf(stdout).filter((line) => line.length > columns && !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(line));
      expect(wide, words.join(' ')).toEqual([]);
    }
    const { stdout } = await runInTerminal(['image', 'list'], login, columns);
    expect(stdout.includes(LONG)).toBe(columns === 200);
  });

  test.each([50, 80])(
    'of an operation %i columns show what it is, how it stands and on what, uncut',
    async (columns) => {
      const lines = linesOf((await runInTerminal(['operation', 'list'], login, columns)).stdout);
      expect(lines[0]).toMatch(/^KIND +STATE +ON/);
      expect(lines.join('\n')).toMatch(/^CREATE_INSTANCE +SUCCEEDED +shop\b/m);
      expect(lines.join('\n')).toMatch(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/m);
    },
  );

  test('what the server depends on is said in lines that a narrow terminal does not break within a word', async () => {
    const { code, stdout } = await runInTerminal(['server', 'diagnostics'], login, 60);
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    for (const line of lines) expect(line).toMatch(/^(ok {6}|\? {7}| {8})\S/);
  });

  test('Ctrl-C ends the watching alone: it says how to come back, and the cursor is there again', async () => {
    const watched = startInTerminal(['image', 'create', 'typed-away', '--instance', 'shop', '--watch'], login, 90);
    await eventually(
      () => watched.said().stdout,
      (text) => text.includes('create image typed-away'),
    );
    watched.child.stdin?.write('\u0003');
    const { code, stdout } = await watched.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/The operation goes on/);
    const [, id = ''] = /The operation goes on: toygres operation watch ([0-9a-f-]{36})/.exec(stdout) ?? [];
    expect(stdout.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${ESCAPE}[?25l`));
    const again = await runInTerminal(['operation', 'watch', id], login, 90);
    expect(again.code).toBe(0);
    expect(stripVTControlCharacters(again.stdout)).toMatch(/100 %/);
  });

  test('NO_COLOR leaves the bars and takes the colours', async () => {
    const words = ['instance', 'restart', 'shop', '--watch'];
    expect((await runInTerminal(words, login, 90)).stdout).toMatch(COLOURS);
    const plain = await runInTerminal(words, { ...login, NO_COLOR: '1' }, 90);
    expect(plain.stdout).toMatch(/█/);
    expect(plain.stdout).not.toMatch(COLOURS);
  });
});

describe('in a pipe', () => {
  test('nothing acts on a terminal, and each line of progress is said once', async () => {
    const restarted = await toygres('instance', 'restart', 'shop', '--watch');
    expect(restarted).toMatchObject({ code: 0 });
    for (const said of [restarted, await toygres('image', 'list'), await toygres('instance', 'get', 'shop')]) {
      expect(said.stdout + said.stderr).not.toContain(ESCAPE);
    }
    const told = restarted.stderr.trim().split('\n');
    expect(new Set(told).size).toBe(told.length);
    expect((await toygres('image', 'list')).stdout).toContain(LONG);
  });

  test('a command that does not know what to do says so on stderr and ends with 2', async () => {
    for (const words of [[], ['instance'], ['instance', 'get'], ['instance', 'list', '--no-such-option'], ['frob']]) {
      expect(await toygres(...words), words.join(' ')).toMatchObject({ code: 2, stdout: '' });
    }
    for (const words of [['--help'], ['instance', '--help'], ['instance', 'create', '--help'], ['help', 'instance']]) {
      const helped = await toygres(...words);
      expect(helped, words.join(' ')).toMatchObject({ code: 0, stderr: '' });
      expect(helped.stdout).toMatch(/^Usage: toygres/);
    }
  });

  test('what stands on the command line is repeated, and does nothing to the terminal', async () => {
    const hostile = '\u001b[2J\u009b2Ja\r\nb\u202e';
    const shown = '\\x1b[2J\\x9b2Ja\\x0d\\x0ab\\u202e';
    for (const words of [
      [hostile],
      ['instance', hostile],
      ['instance', 'list', '-o', hostile],
      ['completion', hostile],
    ]) {
      const { code, stderr } = await toygres(...words);
      expect(code, words.join(' ')).toBe(2);
      expect(stderr).toContain(shown);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
      expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
    expect((await toygres('user', 'update', 'x', '--disabled')).stderr).toMatch(/^\(Did you mean --enabled\?\)$/m);
    expect((await toygres('instance', 'create')).stderr).toContain(
      '(toygres instance create --help says what it takes)',
    );
    expect((await toygres('instance', 'frobnicate')).stderr).toContain('(toygres instance --help lists the commands)');
  });

  test('what is shown can be asked for by "show", and nobody is led to a command that ends something', async () => {
    expect((await toygres('instance', 'show', 'shop')).stdout).toMatch(/^name: +shop$/m);
    for (const slip of ['shop', 'stopp', 'delet', 'restrat']) {
      const { code, stderr } = await toygres('instance', slip);
      expect(code, slip).toBe(2);
      expect(stderr, slip).not.toMatch(/Did you mean/);
      expect(stderr, slip).toContain('(toygres instance --help lists the commands)');
    }
    expect((await toygres('instance', 'lst')).stderr).toMatch(/Did you mean list\?/);
  });

  test('an operation that fails ends with 1, its cause on stderr, its log to be read, its alert to be looked at', async () => {
    const closed = ['--', '-Xqc', 'CREATE DATABASE closed ALLOW_CONNECTIONS false'];
    expect(await toygres('instance', 'psql', 'shop', ...closed)).toMatchObject({ code: 0 });
    const failed = await toygres('image', 'create', 'never', '--instance', 'shop', '--watch', '-o', 'json');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/closed/);
    const [operation] = JSON.parse((await toygres('operation', 'list', '--state', 'failed', '-o', 'json')).stdout) as {
      id: string;
      state: string;
      jobs: { id: string }[];
    }[];
    expect(operation).toMatchObject({ state: 'FAILED' });
    const { id = '', jobs = [] } = operation ?? {};

    const log = await toygres('operation', 'logs', id);
    expect(log).toMatchObject({ code: 0 });
    const ofJob = await toygres('operation', 'logs', id, '--job', jobs[0]?.id ?? '', '--follow', '--tail', '3');
    expect(ofJob).toMatchObject({ code: 0 });
    expect(log.stdout.endsWith(ofJob.stdout)).toBe(true);
    expect(ofJob.stdout.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(await toygres('operation', 'logs', id, '--job', id)).toMatchObject({ code: 3, stdout: '' });

    const alert = await eventually(
      async () => (await toygres('alert', 'list', '-o', 'id')).stdout.trim().split('\n')[0] ?? '',
      (found) => found !== '',
    );
    expect(JSON.parse((await toygres('alert', 'get', alert, '-o', 'json')).stdout)).toMatchObject({ id: alert });
    expect(await toygres('alert', 'get', id)).toMatchObject({ code: 3, stdout: '' });
  });

  test('a connection is tried, and its health told; one that stands still ends with 1', async () => {
    const tried = await toygres('instance', 'check', 'shop', '-o', 'json');
    expect(tried.code).toBe(0);
    expect(JSON.parse(tried.stdout)).toMatchObject({ ok: true, serverVersion: expect.stringMatching(/^\d/) });
    expect(await toygres('instance', 'stop', 'shop', '--watch')).toMatchObject({ code: 0 });
    const still = await toygres('instance', 'check', 'shop');
    expect(still.code).toBe(1);
    expect(still.stderr).toMatch(/^toygres: ./);
    expect(await toygres('instance', 'health', 'shop', '-o', 'json')).toMatchObject({ code: 0 });
  });
});
