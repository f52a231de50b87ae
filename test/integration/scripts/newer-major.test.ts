import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareFacts } from '../../support/compare-servers.ts';
import { programsByAge } from '../../support/load-bed.ts';
import { fillNastyServer } from '../../support/nasty-server.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import { readServerFacts } from '../../support/server-facts.ts';
import { startSourceServer } from '../../support/source-server.ts';

const all = await programsByAge();
const newest = all.length > 1 ? all.at(-1) : undefined;

const SAME_IN_ALL =
  /^(missing: |extra: )?.*: (rows of|large object|sequence|policy|trigger|event trigger|default privilege|statistics|parent|index) /;

// Where the machine has one major version alone, TOYGRES_POSTGRES_BIN names the programs of another.
describe.skipIf(newest === undefined)('an image of the oldest version here, restored by the newest', () => {
  let harness: ScriptHarness;
  beforeAll(async () => {
    harness = await createScriptHarness(all[0]);
  });
  afterAll(() => harness?.stop());

  test('a server with everything and the worst names comes back', async () => {
    const source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums']);
    await fillNastyServer(source, await harness.runner.makeDirectory('tablespace'));
    // Whoever gave a membership needs no right to it before version 16.
    await source.query(
      'postgres',
      'CREATE ROLE giver; CREATE ROLE taker; CREATE ROLE club; GRANT club TO taker GRANTED BY giver',
    );
    const before = await readServerFacts(source);
    const image = await harness.backup(source);
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const { end, volume } = await harness.restore(image, { programsBefore: newest?.directory ?? '' });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const startCopy = { directory: volume, password: source.password, initdbArguments: null, programs: newest };
    const copy = await startSourceServer(startCopy);
    try {
      const differences = compareFacts(before, await readServerFacts(copy));
      // What versions write in other words, or have in other catalogues, is not compared.
      expect(differences.filter((one) => SAME_IN_ALL.test(one))).toEqual([]);
      const member = `SELECT pg_has_role('taker', 'club', 'MEMBER') AS is, current_setting('server_version_num')::int / 10000 AS major`;
      expect(await copy.query('postgres', member)).toEqual([{ is: true, major: Number(newest?.major) }]);
      const found = (end.results[0]?.findings ?? []) as { readonly code: string; readonly severity: string }[];
      expect(found.filter(({ severity }) => severity === 'CRITICAL')).toEqual([]);
      expect(found).toContainEqual({
        code: 'OWNER_CHANGED',
        severity: 'INFO',
        database: null,
        object: 'club',
        message: expect.stringMatching(
          /^the membership in club was given by giver on the source, and by the superuser/,
        ),
        remedy: null,
      });
    } finally {
      await copy.stop();
    }
  });
});
