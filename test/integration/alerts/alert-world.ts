import { beforeAll } from 'vitest';
import type { AlertKind } from '../../../schema/states.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createAlertQueries } from '../../../src/stores/alerts/alerts.ts';
import { createReadinessQueries } from '../../../src/stores/readiness/readiness.ts';
import { type AlertWatch, createAlertWatch } from '../../../src/upkeep/alerts/alert-watch.ts';
import { insertInstance, PLATFORM } from '../../support/sample-rows.ts';
import { useScheduleWorld } from '../schedules/schedule-world.ts';

const MINUTE = 60_000;

/** The time so many minutes ago. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

/** Of an operation or an image that failed. */
export const failure = { code: 'STEP_FAILED', message: 'the disk is full', step: null };

/** Records and a watch that looks at them when it is told to, to be called at the head of a file. */
export function useAlertWorld() {
  const world = useScheduleWorld();
  let watch: AlertWatch;
  let store: () => Promise<void> = async () => {};
  beforeAll(() => {
    watch = createAlertWatch({
      database: world.database,
      listener: { subscribe: () => () => {} },
      platformId: PLATFORM,
      checkStore: () => store(),
      log: createLogger('silent'),
    });
  });

  /** The alerts of a kind about an instance (or about none), the newest first; `open` those that are not over. */
  async function alertsOf(kind: AlertKind, instanceId: string | null, open: boolean | null = true) {
    await watch.look();
    const { rows } = await createAlertQueries(world.database).page(open, { first: 100, after: null });
    return rows.filter((alert) => alert.kind === kind && alert.instanceId === instanceId);
  }

  async function readinessOf(instanceId: string) {
    const [readiness] = await createReadinessQueries(world.database).ofInstances([instanceId]);
    return readiness;
  }

  /** A nightly schedule of one instance that was due so many minutes ago, and at that time of the day before. */
  async function promise(minutes: number, values: { readonly looked?: boolean } = {}) {
    const instanceId = await insertInstance(world.database, { createdAt: ago(10_000) });
    const schedule = await world.create({ selector: null, instanceId });
    const [last, before, next] = values.looked === false ? [24 * 60, 48 * 60, 0] : [0, 24 * 60, -24 * 60];
    await world.database.pool.query(
      'UPDATE cms.schedules SET last_due_at = $2, due_before_at = $3, next_due_at = $4 WHERE id = $1',
      [schedule.id, ago(minutes + last), ago(minutes + before), ago(minutes + next)],
    );
    return { instanceId, schedule };
  }

  return {
    world,
    look: () => watch.look(),
    alertsOf,
    readinessOf,
    promise,
    /** What the blob store answers from now on. */
    answerStore(answer: () => Promise<void>): void {
      store = answer;
    },
  };
}
