import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { int16, int32, message } from '../../support/fake-postgres.ts';
import {
  expectToEndAsJobsEnd,
  type HostileSource,
  startHostileSource,
  type Taken,
} from '../../support/hostile-source.ts';
import { asItCame, changeColumns, type Plan } from '../../support/meddling-proxy.ts';

/** PostgreSQL's own program talks to the server itself, past every guard of ours. */
const OF_PG_DUMP = { of: /^pg_dump$/ };
const MIB = 2 ** 20;

let source: HostileSource;
beforeAll(async () => {
  source = await startHostileSource();
});
afterAll(() => source?.stop());

async function filesOf({ imageId }: Taken): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of source.harness.container.listBlobsFlat({ prefix: `${imageId}/` })) names.push(name);
  return names;
}

async function expectNothingLeft(taken: Taken): Promise<void> {
  const { scratchDirectory } = taken.end;
  expect(existsSync(scratchDirectory) ? await readdir(scratchDirectory) : []).toEqual([]);
  // What makes files an image comes last.
  expect(await filesOf(taken)).not.toContain(`${taken.imageId}/checksums.tsv`);
}

test('a catalogue of nothing fails once it is clear that it is no race, with the words of pg_dump', async () => {
  source.proxy.set({ ...OF_PG_DUMP, meddle: (one) => changeColumns(one, () => null) });
  const taken = await source.take('backup.sh');
  expectToEndAsJobsEnd(taken.end);
  expect(taken.end.errors.at(-1)).toMatch(/the dump of database \w+ failed: .*OID 0 does not exist/);
  const again = taken.end.lines.filter((line) => line.includes('dumping it again'));
  expect(again.length).toBeLessThan(3 * 4);
  await expectNothingLeft(taken);
});

test.each<[string, Plan]>([
  [
    'a value of a gigabyte',
    {
      ...OF_PG_DUMP,
      from: 20,
      meddle: () => ({
        begin: Buffer.concat([Buffer.from('D'), int32(2 ** 30 - 2), int16(1), int32(2 ** 30 - 8)]),
        withoutEnd: Buffer.alloc(MIB, 'x'),
      }),
    },
  ],
  [
    'rows of a catalogue without end',
    { ...OF_PG_DUMP, from: 20, meddle: (one) => ({ withoutEnd: Buffer.concat(Array(1_000).fill(asItCame(one))) }) },
  ],
])('%s ends the job when it has filled the memory that it may have, and says so', async (_, plan) => {
  source.proxy.set(plan);
  const taken = await source.take('backup.sh', { parameters: { TOYGRES_JOB_MEMORY_BYTES: String(300 * MIB) } });
  expect(taken.end.exitCode).toBe(78);
  expect(taken.end.errors).toEqual([
    expect.stringMatching(
      /^the job was ended: it held \d+ MiB of memory and may have 300 MiB, most of it in pg_dump\. /,
    ),
  ]);
  await expectNothingLeft(taken);
});

test.each<[string, Plan]>([
  [
    'notices without end',
    {
      ...OF_PG_DUMP,
      from: 20,
      meddle: () => ({ withoutEnd: message('N', 'SNOTICE\0VNOTICE\0C00000\0Mof no use\0\0'), everyMs: 5 }),
    },
  ],
  [
    'rows of a table without end',
    {
      ...OF_PG_DUMP,
      types: 'd',
      meddle: (one) => ({ withoutEnd: Buffer.concat(Array(100).fill(asItCame(one))), everyMs: 5 }),
    },
  ],
  [
    'silence in the middle of an answer',
    { ...OF_PG_DUMP, from: 20, meddle: () => ({ withoutEnd: Buffer.alloc(0), everyMs: 1_000 }) },
  ],
])('%s last until the deadline and no longer, and leave nothing', async (_, plan) => {
  source.proxy.set(plan);
  const taken = await source.take('backup.sh', { endMs: 4_000 });
  expect(source.proxy.meddled).toBeGreaterThan(0);
  // Asked to end; killed where it was too busy with what came to hear of it in time.
  expect([143, 137]).toContain(taken.end.exitCode);
  expect(taken.end.results).toEqual([]);
  await expectNothingLeft(taken);
});

test('rows of a table without end are stopped when they are more than the server said, and leave nothing', async () => {
  source.proxy.set({
    ...OF_PG_DUMP,
    types: 'd',
    meddle: (one) => ({ withoutEnd: Buffer.concat(Array(10_000).fill(asItCame(one))) }),
  });
  const parameters = { TOYGRES_SIZE_MARGIN: '1', TOYGRES_SIZE_BESIDE_BYTES: '1000000' };
  const taken = await source.take('backup.sh', { parameters });
  expect(taken.end.exitCode).toBe(78);
  expect(taken.end.errors.at(-1)).toMatch(
    /^the server sends more than \d+ MiB, where databases of \d+ MiB in all were told of: .*Raise TOYGRES_SIZE_MARGIN \(1 now\)/,
  );
  await expectNothingLeft(taken);
});

test('rows that are none of their table make an image that is restored without them, and each is named', async () => {
  const foreign = message('d', 'a row\tof another\ttable altogether\n');
  source.proxy.set({ ...OF_PG_DUMP, types: 'd', from: 50, meddle: () => foreign });
  const taken = await source.take('backup.sh');
  expectToEndAsJobsEnd(taken.end);
  expect([taken.end.exitCode, source.proxy.meddled]).toEqual([0, 50]);
  const { url } = source.harness.container;
  const image = { id: taken.imageId, url: `${url}/${taken.imageId}`, end: taken.end, password: source.server.password };
  const restored = await source.harness.restore(image, {
    parameters: { TOYGRES_ACCEPT_LOSS: 'ROWS', TOYGRES_BACKGROUND_WORK: 'HOLD' },
  });
  expect([restored.end.exitCode, restored.end.errors]).toEqual([0, []]);
  const findings = restored.end.results[0]?.findings as { readonly code: string; readonly object: string }[];
  expect(findings.map(({ code, object }) => `${code} ${object}`)).toEqual(['ROWS_NOT_LOADABLE public.things']);
  const server = await source.harness.startRestored(restored.volume);
  expect(await server.query('shop', 'SELECT count(*)::int AS rows FROM things')).toEqual([{ rows: 50 }]);
});
