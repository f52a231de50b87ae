import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { readProcessTree } from '../../support/process-tree.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query(
    'postgres',
    `CREATE TABLE noise AS SELECT n, string_agg(sha512((n * 1000 + k)::text::bytea), '') AS bytes
     FROM generate_series(1, 3000) n, generate_series(1, 200) k GROUP BY n`,
  );
});
afterAll(() => harness?.stop());

/** State and niceness of the dumps below a process, as the system says: fields 3 and 19 of their stat. */
async function standsOfDumps(root: number): Promise<readonly { readonly state: string; readonly nice: number }[]> {
  const dumps = (await readProcessTree(root)).filter((one) => /^pg_dump .*--snapshot=/.test(one.command));
  const stats = await Promise.all(dumps.map(({ pid }) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats
    .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
    .map((fields) => ({ state: fields[0] ?? '', nice: Number(fields[16]) }));
}

test('a backup that is limited has its dump held back and gives way on the processor, and its image is whole', async () => {
  const limits = { TOYGRES_MAX_RATE_KILOBYTES: '10000', TOYGRES_NICE: '7' };
  const run = await harness.runner.start('backup.sh', harness.backupRun(source, 'limited', { parameters: limits }));
  // Counted from how far these tests give way themselves.
  const nice = Math.min(19, getPriority() + 7);
  // More than one dump may come by: some are over before anything of them has to be held back.
  await eventually(
    () => standsOfDumps(run.pid),
    (stands) => stands.some((stand) => stand.state === 'T' && stand.nice === nice),
    300_000,
  );
  const end = await run.ended;
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const { volume, end: restored } = await harness.restore({
    id: 'limited',
    url: `${harness.container.url}/limited`,
    end,
    password: source.password,
  });
  expect(restored).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(volume);
  const sum = 'SELECT count(*)::int AS rows, md5(string_agg(md5(bytes), $$$$ ORDER BY n)) AS sum FROM noise';
  expect(await copy.query('postgres', sum)).toEqual(await source.query('postgres', sum));
});

test('a restore into a volume without enough room is refused once, before anything is brought', async () => {
  const image = await harness.backup(source);
  const parameters = { TOYGRES_DATABASE_BYTES: String(2 ** 52) };
  const { end } = await harness.restore(image, { parameters });
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(
    /too little room for the databases on the volume.* MiB are needed, and \d+ MiB are free/,
  );
  expect(end.progress).toEqual([]);
});
