import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareFacts } from '../../support/compare-servers.ts';
import { fillNastyServer } from '../../support/nasty-server.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import { readServerFacts } from '../../support/server-facts.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums']);
  await fillNastyServer(source, await harness.runner.makeDirectory('tablespace'));
});

afterAll(() => harness.stop());

test('a server with everything and the worst names comes back as the same server', async () => {
  const before = await readServerFacts(source);
  const image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const restored = await harness.restore(image);
  expect(restored.end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(restored.volume);
  expect(compareFacts(before, await readServerFacts(copy))).toEqual([
    'ALTER SYSTEM setting shared_preload_libraries: was pg_stat_statements, "no such library", is pg_stat_statements',
    'missing: ALTER SYSTEM setting port (1)',
    'missing: ALTER SYSTEM setting archive_command (false)',
  ]);
});
