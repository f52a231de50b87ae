import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOfTheSource, neutralizeSettings } from '../../../../src/runner/physical/copy/neutral-settings.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-settings-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test.each([
  "archive_command = 'cp %p /archive/of/the/source/%f'",
  "archive_command'cp %p /archive/of/the/source/%f'",
  "  ARCHIVE_Mode\t'on'",
  'port=5433',
  'port+5433',
  "include 'more.conf'",
  "include'more.conf'",
  "include_dir='conf.d'",
  "include_if_exists'/etc/passwd'",
  "restore_command'cat /etc/passwd'\r",
  "recovery_end_command = 'x'",
  "primary_conninfo'host=source'",
  "data_directory'/somewhere/else'",
  "hba_file = '/tmp/open'",
  "dynamic_library_path'/tmp'",
  "ssl_passphrase_command'x'",
])('%s is of the source', (line) => {
  expect(isOfTheSource(line)).toBe(true);
});

test.each([
  "work_mem = '4MB'",
  '# port = 5433',
  "portal.name = 'x'",
  "my.archive_command = 'x'",
  '',
  'wal_level=logical',
])('%s comes along', (line) => {
  expect(isOfTheSource(line)).toBe(false);
});

test('what is of the source is a comment in both files afterwards, and is told by its name', async () => {
  const hostile = "work_mem = '4MB'\ninclude'more.conf'\nArchive_Command'x'\n";
  await writeFile(path.join(directory, 'postgresql.conf'), hostile);
  await writeFile(path.join(directory, 'postgresql.auto.conf'), "restore_command'y'\n");
  expect(await neutralizeSettings(directory)).toEqual(['archive_command', 'include', 'restore_command']);
  expect(await readFile(path.join(directory, 'postgresql.conf'), 'utf8')).toBe(
    "work_mem = '4MB'\n# the source's: include'more.conf'\n# the source's: Archive_Command'x'\n",
  );
  expect(await readFile(path.join(directory, 'postgresql.auto.conf'), 'utf8')).toBe(
    "# the source's: restore_command'y'\n",
  );
});
