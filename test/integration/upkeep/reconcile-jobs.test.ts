import { describe, expect, it } from 'vitest';
import { jobs } from '../../../drizzle/tables/index.ts';
import { eventually } from '../../support/eventually.ts';
import { collect, jobSpec } from '../../support/platform-specs.ts';
import { insertOperation } from '../../support/sample-rows.ts';
import { useReconcileWorld } from './reconcile-world.ts';

const world = useReconcileWorld();

describe('jobs', () => {
  async function runJob(program: string, operationState: 'RUNNING' | 'FAILED' | null) {
    const spec = jobSpec(program);
    if (operationState !== null) {
      const operationId = await insertOperation(world.database, { state: operationState, platform: world.platform.id });
      await world.jobs.ensure({ ...spec, operationId });
    }
    await world.platform.ensureJob(spec);
    return spec;
  }
  const ended = (spec: ReturnType<typeof jobSpec>) =>
    eventually(
      () => world.platform.readJob(spec),
      ({ state }) => state === 'FAILED',
    );

  it('of an operation that is over end and go, and what they wrote is kept', async () => {
    const spec = await runJob('echo "the last words"; sleep 600', 'FAILED');
    const { signal } = new AbortController();
    await eventually(
      () => collect(world.platform.followJobLogs(spec, { afterLine: 0, follow: false, signal })),
      (lines) => lines.some(({ text }) => text === 'the last words'),
    );
    await world.look();
    expect(await world.objects()).toEqual([]);
    expect(await world.drift()).toEqual({ [`JOB ${spec.name} REMOVED`]: expect.stringContaining('is FAILED') });
    const kept = await collect(world.store.readJobLog(spec.id));
    expect(kept.map(({ text }) => text)).toContain('the last words');
    const [row] = await world.database.orm.select().from(jobs);
    expect(row?.state).toBe('CANCELLED');
  });

  it('of an operation under way are none of ours to judge', async () => {
    const spec = await runJob('sleep 600', 'RUNNING');
    await world.look();
    expect(await world.drift()).toEqual({});
    expect((await world.platform.readJob(spec)).state).not.toBe('CANCELLED');
  });

  it('without a record are removed when they have ended, and not before', async () => {
    const running = await runJob('sleep 600', null);
    const done = await runJob('exit 3', null);
    await ended(done);
    await world.look();
    expect(await world.objects()).toEqual([`job ${running.name}`]);
    expect((await world.platform.readJob(running)).state).not.toBe('CANCELLED');
    expect(Object.keys(await world.drift()).sort()).toEqual(
      [`JOB ${done.name} REMOVED`, `JOB ${running.name} PENDING`].sort(),
    );
  });
});
