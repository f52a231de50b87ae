import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import { startSourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
beforeAll(async () => {
  harness = await createScriptHarness();
});
afterAll(() => harness?.stop());

const ASKED = `
  SELECT name, setting FROM pg_settings WHERE name IN ('TimeZone', 'log_timezone', 'DateStyle', 'lc_messages', 'lc_monetary', 'lc_numeric',
    'lc_time', 'default_text_search_config', 'server_encoding') ORDER BY name`;
/** Sessions of tests are pinned against it. */
const WRITTEN_PATH = `SELECT setting FROM pg_file_settings WHERE name = 'search_path' AND applied`;
/** Whatever the machine says, in the environment of who restores. */
const BERLIN = { TZ: 'Europe/Berlin', LANG: 'C', LC_ALL: 'C', LC_MESSAGES: 'C', LC_TIME: 'C', PGTZ: 'Europe/Berlin' };

test.each([
  {
    name: 'as initdb found them',
    initdbArguments: ['--locale=C.UTF-8', '--lc-messages=C', '--lc-time=C'],
    written: '',
  },
  {
    name: 'as its command line says, whatever its files do',
    initdbArguments: ['--locale=C'],
    written: `timezone = 'Asia/Kathmandu'`,
    given: {
      timezone: 'Australia/Lord_Howe',
      lc_time: 'POSIX',
      default_text_search_config: 'pg_catalog.german',
      search_path: 'of_us, "$user", public',
    },
  },
  {
    name: 'as somebody wrote them into postgresql.conf',
    initdbArguments: ['--locale=C'],
    written: `
      timezone = 'Asia/Kathmandu'
      log_timezone = 'Australia/Lord_Howe'
      DATESTYLE = 'German, DMY'
      lc_messages = 'C.UTF-8'
      lc_monetary = 'POSIX'
      lc_numeric = 'C.UTF-8'
      lc_time = 'POSIX'
      default_text_search_config = 'pg_catalog.german'`,
  },
])(
  'what a server takes from its machine is in the copy $name',
  async ({ initdbArguments, written, given }) => {
    const made = await harness.makeSource(['--encoding=UTF8', ...initdbArguments]);
    await made.stop();
    await appendFile(path.join(made.dataDirectory, 'postgresql.conf'), `${written}\n`);
    const source = await startSourceServer({
      directory: path.dirname(made.dataDirectory),
      password: harness.password,
      initdbArguments: null,
      ...(given === undefined ? {} : { settings: given }),
    });
    try {
      const image = await harness.backup(source);
      expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
      const { volume, end } = await harness.restore(image, { parameters: BERLIN });
      expect(end).toMatchObject({ exitCode: 0, errors: [] });
      const copy = await harness.startRestored(volume, source.password);
      const there = await source.query('postgres', ASKED);
      expect(there.length).toBe(9);
      expect(await copy.query('postgres', ASKED)).toEqual(there);
      expect(await copy.query('postgres', WRITTEN_PATH)).toEqual(
        given === undefined ? [] : [{ setting: given.search_path }],
      );
    } finally {
      await source.stop();
    }
  },
  300_000,
);
