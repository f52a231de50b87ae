import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programsByAge } from '../../../support/load-bed.ts';
import { copyPhysically } from '../../../support/physical-copy.ts';
import { createScriptHarness, type ScriptHarness } from '../../../support/script-harness.ts';
import type { SourceServer } from '../../../support/source-server.ts';

const all = await programsByAge();
const newest = all.at(-1);
/** From version 17 on an event trigger may fire at every login. */
const knowsLogins = Number(newest?.major) >= 17;

/** Nothing of ours is known to it, and nothing may be changed. */
const REFUSE_LOGINS = `
  CREATE FUNCTION refuse_login() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('application_name') LIKE 'toygres%' THEN RAISE 'not one of us'; END IF;
  END $$;
  CREATE EVENT TRIGGER no_login ON login EXECUTE FUNCTION refuse_login();
  ALTER EVENT TRIGGER no_login ENABLE ALWAYS`;
const REFUSE_CHANGES = `
  CREATE FUNCTION refuse_change() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'nothing changes'; END $$;
  CREATE EVENT TRIGGER no_change ON ddl_command_start EXECUTE FUNCTION refuse_change();
  ALTER EVENT TRIGGER no_change ENABLE ALWAYS`;

describe('a server whose event triggers refuse everything', () => {
  let harness: ScriptHarness;
  let source: SourceServer;
  beforeAll(async () => {
    harness = await createScriptHarness(newest);
    source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
    for (const statement of [
      'CREATE TABLE kept AS SELECT generate_series(1, 100) AS id',
      "CREATE SUBSCRIPTION taken CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)",
      ...(knowsLogins ? [REFUSE_LOGINS] : []),
      REFUSE_CHANGES,
    ]) {
      await source.query('postgres', statement);
    }
  });
  afterAll(() => harness?.stop());

  test(`comes back from a PHYSICAL image with all of them (${knowsLogins ? 'with' : 'without'} logins)`, async () => {
    const { restored, volume } = await copyPhysically(harness, source);
    const held = restored.results[0]?.findings as { readonly code: string; readonly object: string }[];
    expect(held.map(({ code, object }) => [code, object])).toEqual([['BACKGROUND_WORK_HELD', 'taken']]);
    const copy = await harness.startRestored(volume);
    expect(await copy.query('postgres', 'SELECT count(*)::int AS count FROM kept')).toEqual([{ count: 100 }]);
    expect(
      await copy.query(
        'postgres',
        'SELECT evtname::text AS name, evtenabled::text AS fires FROM pg_event_trigger ORDER BY 1',
      ),
    ).toEqual([{ name: 'no_change', fires: 'A' }, ...(knowsLogins ? [{ name: 'no_login', fires: 'A' }] : [])]);
  });

  test('comes back from a LOGICAL image, too', async () => {
    const image = await harness.backup(source);
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const { end, volume } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await harness.startRestored(volume);
    expect(await copy.query('postgres', 'SELECT count(*)::int AS count FROM kept')).toEqual([{ count: 100 }]);
    expect(await copy.query('postgres', 'SELECT count(*)::int AS count FROM pg_event_trigger')).toEqual([
      { count: knowsLogins ? 2 : 1 },
    ]);
  });
});
