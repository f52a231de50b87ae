import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { addFiles, unpackImage } from '../../support/packed-image.ts';

import { copyImage, expectFailure, harness, source, useTakenImage } from './taken-image.ts';

useTakenImage();

test('an index whose function finds its helper by search_path comes back', async () => {
  await source.query(
    'shop',
    `CREATE FUNCTION inner_one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE FUNCTION outer_one(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN inner_one(); END';
    CREATE INDEX found ON orders (outer_one(i))`,
  );
  const taken = await harness.backup(source);
  const { end, volume } = await harness.restore(taken);
  expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ notices: [], findings: [] }] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', `SELECT count(*)::int AS n FROM pg_indexes WHERE indexname = 'found'`)).toEqual([
    { n: 1 },
  ]);
});

test('an object that cannot be restored is told in the words of the server, and costs nothing else', async () => {
  await source.query(
    'shop',
    `CREATE FUNCTION picky(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN IF current_setting('toygres.kind', true) IS NULL THEN RAISE 'not like this' USING HINT = 'be kind'; END IF; RETURN $1; END $$;
    SET toygres.kind = 'yes'; CREATE INDEX lost ON orders (picky(i))`,
  );
  const taken = await harness.backup(source);
  await source.query('shop', 'DROP INDEX lost');
  const finding = {
    code: 'INDEX_LEFT_OUT',
    severity: 'WARNING',
    database: 'shop',
    object: 'public.lost',
    message: expect.stringMatching(/public\.lost was left out: ERROR: +not like this.*HINT: be kind/),
    remedy: expect.stringMatching(/^CREATE INDEX lost ON public\.orders/),
  };
  const { end, volume } = await harness.restore(taken);
  expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ findings: [finding] }] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);

  const strict = await harness.restore(taken, { parameters: { TOYGRES_ACCEPT_LOSS: 'NOTHING' } });
  expectFailure(
    strict.end,
    78,
    /more would be lost than is accepted: shop: public\.lost: .*not like this.*acceptLoss: OBJECTS/,
  );
  expect(await readdir(strict.volume)).not.toContain('restored-from');
});

test('an image of before there were packs is restored, of few files and of very many', async () => {
  const many = new Map(Array.from({ length: 1_001 }, (_, n) => [`databases/1/more-${n}`, Buffer.from('x')] as const));
  for (const further of [new Map<string, Buffer>(), many]) {
    const old = await copyImage();
    const parameters = await unpackImage(harness.container, old.id, further);
    const { end, volume } = await harness.restore(old, { parameters });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await harness.startRestored(volume);
    expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);
  }
});

test('an image with packs and very many files beside them is restored', async () => {
  const many = new Map(Array.from({ length: 1_001 }, (_, n) => [`databases/1/more-${n}`, Buffer.from('x')] as const));
  const large = await copyImage();
  const parameters = await addFiles(harness.container, large.id, many);
  const { end, volume } = await harness.restore(large, { parameters });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 200_000 }]);
});

test('an ALTER SYSTEM setting that keeps the server from starting is left out with a notice', async () => {
  await source.query('postgres', `ALTER SYSTEM SET wal_level = 'minimal'`);
  const unstartable = await harness.backup(source);
  await source.query('postgres', 'ALTER SYSTEM RESET ALL');
  const restored = await harness.restore(unstartable);
  expect(restored.end).toMatchObject({
    exitCode: 0,
    results: [
      {
        notices: [expect.stringMatching(/does not start here with the settings/)],
        findings: [expect.objectContaining({ code: 'SETTING_LEFT_OUT', severity: 'WARNING' })],
      },
    ],
  });
});
