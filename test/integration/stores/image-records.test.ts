import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageFacts, ImageRecords } from '../../../jobs/ports/records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { IMAGE_STATES, type ImageState } from '../../../schema/states.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createImageRecords } from '../../../src/stores/images/records.ts';
import { insertImage, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let records: ImageRecords;
beforeAll(async () => {
  test = await createTestDatabase();
  records = createImageRecords(test.database, secrets);
});
afterAll(() => test.stop());

function factsOf(names: readonly string[]): ImageFacts {
  return {
    databases: [{ name: '"we ird"; drop', owner: "o'brien", sizeBytes: 2 ** 40 }],
    files: names.map((name) => ({ name, sizeBytes: 2 ** 41, md5: 'a'.repeat(32), sha256: 'b'.repeat(64) })),
    sizeBytes: 2 ** 42,
    databaseBytes: 2 ** 43,
    cluster: {
      encoding: 'UTF8',
      localeProvider: 'libc',
      lcCollate: 'C.UTF-8',
      lcCtype: 'C.UTF-8',
      locale: null,
      icuRules: null,
      dataChecksums: true,
    },
    extensions: [{ database: 'shop', name: 'we "ird', version: '1.0' }],
    durable: {
      database: 'shop',
      version: '0.2.5',
      unfinished: 1,
      functions: [{ id: 'a', label: null, status: 'pending' }],
    },
    notices: ['a notice'],
    findings: [
      {
        code: 'INDEX_LEFT_OUT',
        severity: 'WARNING',
        database: 'we "ird',
        object: 'public.a',
        message: 'a\0b',
        remedy: null,
      },
    ],
    takenAt: new Date('2026-03-01T09:29:00.000Z'),
    verifiedAt: new Date('2026-05-01T00:00:00.500Z'),
  };
}

const failure = { code: 'STEP_FAILED', message: 'pg_dump: the server closed the connection', step: 'Back up' };

const transitions: Record<string, (tx: Transaction, id: string) => Promise<void>> = {
  markAvailable: (tx, id) => records.markAvailable(tx, id, factsOf(['dump/1.dat'])),
  markFailed: (tx, id) => records.markFailed(tx, id, failure),
  markDeleted: (tx, id) => records.markDeleted(tx, id),
  reopenCreation: (tx, id) => records.reopenCreation(tx, id),
};

async function apply(id: string, transition: string): Promise<void> {
  await test.database.transaction(async (tx) => transitions[transition]?.(tx, id));
}

describe('a transition of an image', () => {
  it.each<[string, ImageState, ImageState[]]>([
    ['markAvailable', 'AVAILABLE', ['CREATING', 'AVAILABLE']],
    ['markFailed', 'FAILED', ['CREATING', 'FAILED']],
    ['markDeleted', 'DELETED', ['FAILED', 'DELETING', 'DELETED']],
    ['reopenCreation', 'CREATING', ['CREATING', 'FAILED']],
  ])('%s leads to %s from %j, and is a CONFLICT that names both states from any other', async (name, to, from) => {
    for (const state of IMAGE_STATES) {
      const id = await insertImage(test.database, { state });
      if (from.includes(state)) {
        await apply(id, name);
        await apply(id, name);
        expect((await records.read(id)).state).toBe(to);
      } else {
        const before = await records.read(id);
        const message = expect.stringContaining(`is ${state} and cannot become ${to}`);
        await expect(apply(id, name)).rejects.toMatchObject({ code: 'CONFLICT', message });
        expect(await records.read(id)).toEqual(before);
      }
    }
  });

  it('is NOT_FOUND for an unknown id', async () => {
    for (const name of Object.keys(transitions)) {
      await expect(apply(randomUUID(), name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(records.readEncryptedSecrets(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('an image that became AVAILABLE', () => {
  it('has the facts of its verification, sizes beyond 32 bits and hostile names included', async () => {
    const id = await insertImage(test.database, { state: 'CREATING', failure });
    const facts = factsOf(['dump/"we ird"; drop.dat', 'globals.sql']);
    await test.database.transaction((tx) => records.markAvailable(tx, id, facts));
    expect(await records.read(id)).toMatchObject({
      databases: facts.databases,
      sizeBytes: 2 ** 42,
      databaseBytes: 2 ** 43,
      verifiedAt: facts.verifiedAt,
      findings: [{ code: 'INDEX_LEFT_OUT', severity: 'WARNING', database: 'we "ird', message: 'ab', remedy: null }],
      failure: null,
    });
    const [files] = await createImageQueries(test.database).files([id]);
    expect(files).toEqual([
      { name: 'dump/"we ird"; drop.dat', sizeBytes: 2 ** 41, sha256: 'b'.repeat(64) },
      { name: 'globals.sql', sizeBytes: 2 ** 41, sha256: 'b'.repeat(64) },
    ]);
  });

  it('has the files of the last verification alone, were it twenty thousand', async () => {
    const id = await insertImage(test.database, { state: 'CREATING' });
    const many = Array.from({ length: 20_000 }, (_, n) => `dump/${n}.dat`);
    await test.database.transaction((tx) => records.markAvailable(tx, id, factsOf(['old.dat'])));
    await test.database.transaction((tx) => records.markAvailable(tx, id, factsOf(many)));
    const [files] = await createImageQueries(test.database).files([id]);
    expect(files).toHaveLength(many.length);
    expect(files?.some((file) => file.name === 'old.dat')).toBe(false);
  });

  it('keeps no password and no files once it is DELETED', async () => {
    const id = await insertImage(test.database, { state: 'CREATING' });
    await apply(id, 'markAvailable');
    await test.database.pool.query(`UPDATE cms.images SET state = 'DELETING' WHERE id = $1`, [id]);
    await apply(id, 'markDeleted');
    await expect(records.readEncryptedSecrets(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await createImageQueries(test.database).files([id])).toEqual([[]]);
  });
});

describe('a FAILED image that is taken up again', () => {
  it('is a CONFLICT when its name was taken meanwhile, and the holder is unharmed', async () => {
    const failed = await insertImage(test.database, { state: 'FAILED', name: 'nightly' });
    const holder = await insertImage(test.database, { name: 'nightly' });
    const before = await records.read(holder);
    await expect(apply(failed, 'reopenCreation')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await records.read(holder)).toEqual(before);
    expect((await records.read(failed)).state).toBe('FAILED');
  });
});
