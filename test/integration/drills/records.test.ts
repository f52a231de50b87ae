import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDrillQueries } from '../../../src/stores/drills/queries.ts';
import { createDrillRecords } from '../../../src/stores/drills/records.ts';
import { readRetained } from '../../../src/stores/schedules/retained-images.ts';
import { type DeleteBatch, deleteDrills, deleteOperations, FROM_THE_OLDEST } from '../../../src/stores/upkeep/prune.ts';
import { insertDrill, insertImage, insertInstance, secrets } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const test = useShared(createTestDatabase);
const FAILURE = { code: 'STEP_FAILED', message: 'rows are missing', step: 'Judge what was found' };
const NOTHING = { databases: 1, tables: 2, rows: 3, findings: [] };
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
let sourceInstanceId = '';
let imageId = '';
beforeEach(async () => {
  sourceInstanceId = await insertInstance(test.database);
  imageId = await insertImage(test.database, { sourceInstanceId });
});

const records = () => createDrillRecords(test.database, secrets);
const read = async (id: string) => (await createDrillQueries(test.database).byIds([id]))[0];
const write = <T>(work: (tx: Parameters<Parameters<typeof test.database.transaction>[0]>[0]) => Promise<T>) =>
  test.database.transaction(work);

describe('a drill on record', () => {
  it('has the password that its image keeps, and none once that is deleted', async () => {
    const id = await insertDrill(test.database, { imageId, sourceInstanceId });
    expect(await records().readPassword(id)).toBe('password of source');
    await test.database.pool.query('UPDATE cms.images SET encrypted_password = NULL WHERE id = $1', [imageId]);
    await expect(records().readPassword(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(records().readPassword(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('counts the recovery from when it began, and once', async () => {
    const id = await insertDrill(test.database, { imageId, sourceInstanceId, startedAt: daysAgo(1) });
    await write((tx) => records().begin(tx, id));
    await write((tx) => records().noteRecovery(tx, id));
    const first = (await read(id))?.recoverySeconds ?? -1;
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(60);
    await write((tx) => records().noteRecovery(tx, id));
    expect((await read(id))?.recoverySeconds).toBe(first);
  });

  it('passes with what was compared, and tells those who follow its image', async () => {
    const id = await insertDrill(test.database, { imageId, sourceInstanceId });
    const revision = async () =>
      (await test.database.pool.query('SELECT revision::int FROM cms.images WHERE id = $1', [imageId])).rows[0]
        .revision;
    const before = await revision();
    await write((tx) => records().noteComparison(tx, id, NOTHING));
    await write((tx) => records().markPassed(tx, id));
    await write((tx) => records().markPassed(tx, id));
    expect(await read(id)).toMatchObject({
      state: 'PASSED',
      databasesCompared: 1,
      tablesCompared: 2,
      rowsCompared: 3,
      finishedAt: expect.any(Date),
    });
    expect(await revision()).toBeGreaterThan(before);
    await expect(write((tx) => records().markEnded(tx, id, FAILURE))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('that fails before anything was compared says so as a finding, with what to do', async () => {
    const id = await insertDrill(test.database, { imageId, sourceInstanceId });
    await write((tx) => records().markEnded(tx, id, { ...FAILURE, message: 'the image is damaged: 5.dat' }));
    const drill = await read(id);
    expect(drill).toMatchObject({ state: 'FAILED', failure: { message: 'the image is damaged: 5.dat' } });
    expect(drill?.findings).toMatchObject([{ code: 'IMAGE_NOT_PROVEN', severity: 'CRITICAL' }]);
    expect(drill?.findings[0]?.remedy).toContain('Take another image');
  });

  it('that fails for what was compared has those findings, and begins anew without them', async () => {
    const id = await insertDrill(test.database, { imageId, sourceInstanceId });
    const found = {
      code: 'ROWS_DIFFER',
      severity: 'CRITICAL',
      database: 'shop',
      object: 't',
      message: 'x',
      remedy: null,
    } as const;
    await write((tx) => records().noteComparison(tx, id, { ...NOTHING, findings: [found] }));
    await write((tx) => records().markEnded(tx, id, FAILURE));
    expect((await read(id))?.findings).toEqual([found]);
    await write((tx) => records().reopen(tx, id));
    expect(await read(id)).toMatchObject({ state: 'RUNNING', findings: [], failure: null, rowsCompared: null });
  });

  it('that was cancelled says nothing of its image', async () => {
    const id = await insertDrill(test.database, { imageId, sourceInstanceId });
    await write((tx) => records().markEnded(tx, id, { ...FAILURE, code: 'CANCELLED' }));
    expect(await read(id)).toMatchObject({ state: 'CANCELLED', failure: null, findings: [] });
    await expect(write((tx) => records().reopen(tx, id))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is listed with its image, the newest first, as many as were asked for', async () => {
    const ids: string[] = [];
    for (const days of [3, 2, 1]) {
      ids.push(
        await insertDrill(test.database, { imageId, sourceInstanceId, state: 'PASSED', startedAt: daysAgo(days) }),
      );
    }
    const other = await insertImage(test.database);
    const lists = await createDrillQueries(test.database).ofImages([other, imageId], 2);
    expect(lists.map((list) => list.map(({ id }) => id))).toEqual([[], [ids[2], ids[1]]]);
    await insertDrill(test.database, { imageId, sourceInstanceId });
    await insertDrill(test.database, { imageId, sourceInstanceId, state: 'CANCELLED' });
    const verdicts = await createDrillQueries(test.database).ofImages([imageId], 1, ['PASSED', 'FAILED']);
    expect(verdicts.map((list) => list.map(({ id }) => id))).toEqual([[ids[2]]]);
  });

  it('that passed makes its image proven to retention', async () => {
    const proven = async () =>
      (await readRetained(test.database, { instanceId: sourceInstanceId, scheduleId: null }))[0]?.images[0]?.proven;
    await insertDrill(test.database, { imageId, sourceInstanceId, state: 'FAILED' });
    expect(await proven()).toBe(false);
    await insertDrill(test.database, { imageId, sourceInstanceId, state: 'PASSED' });
    expect(await proven()).toBe(true);
  });
});

async function deleteAll(deleteBatch: DeleteBatch): Promise<void> {
  for (let from: string | null = FROM_THE_OLDEST; from !== null; from = (await deleteBatch(test.database, from)).next);
}

describe('old drills', () => {
  it('go with their operations, but for the last word and the last proof of what is still there', async () => {
    const drill = async (days: number, state: 'PASSED' | 'FAILED' | 'CANCELLED' | 'RUNNING') => {
      const at = daysAgo(days);
      const id = await insertDrill(test.database, {
        imageId,
        sourceInstanceId,
        state,
        startedAt: at,
        finishedAt: state === 'RUNNING' ? null : at,
      });
      await test.database.pool.query(
        'UPDATE cms.operations SET finished_at = $2, created_at = $2 WHERE id = (SELECT operation_id FROM cms.drills WHERE id = $1)',
        [id, at],
      );
      return id;
    };
    await drill(400, 'PASSED');
    const proof = await drill(300, 'PASSED');
    await drill(250, 'FAILED');
    const word = await drill(200, 'FAILED');
    await drill(150, 'CANCELLED');
    const running = await drill(120, 'RUNNING');
    const kept = async () => (await createDrillQueries(test.database).ofImages([imageId], 100))[0]?.map(({ id }) => id);
    const operations = async () =>
      (await test.database.pool.query('SELECT count(*)::int AS n FROM cms.operations WHERE image_id = $1', [imageId]))
        .rows[0].n;
    await deleteAll(deleteDrills(90));
    expect(await kept()).toEqual([running, word, proof]);
    await deleteAll(deleteOperations(30, 0));
    expect(await operations()).toBe(3);
    await test.database.pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [imageId]);
    await deleteAll(deleteDrills(90));
    // What they say of the instance is still worth knowing.
    expect(await kept()).toEqual([running, word, proof]);
  });
});
