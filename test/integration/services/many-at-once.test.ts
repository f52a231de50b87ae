import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { seededRandom } from '../../support/hostile-texts.ts';
import { insertInstance } from '../../support/sample-rows.ts';
import { admin, useCommandWorld } from './command-world.ts';

const world = useCommandWorld();

/** Pairs of operations under way on one instance or image of which at least one wants to be alone there. */
async function findCollisions(): Promise<unknown[]> {
  const { rows } = await world.database.pool.query(`
    SELECT a.kind AS one, b.kind AS other
    FROM cms.operations a JOIN cms.operations b ON a.id < b.id
    WHERE a.state IN ('QUEUED', 'RUNNING', 'CANCELLING') AND b.state IN ('QUEUED', 'RUNNING', 'CANCELLING')
      AND (a.instance_id = b.instance_id AND (a.excludes_on_instance OR b.excludes_on_instance)
        OR a.image_id = b.image_id AND (a.excludes_on_image OR b.excludes_on_image))`);
  return rows;
}

describe('many commands at once', () => {
  it('never leave two operations that suffer no company, nor a half-written one, nor a deadlock', async () => {
    const random = seededRandom(42);
    const pick = <T>(list: readonly T[]): T => {
      const picked = list[Math.floor(random() * list.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    };
    let accepted = 0;
    for (let round = 0; round < 6; round++) {
      const instances = [await insertInstance(world.database), await insertInstance(world.database)];
      const commands = Array.from({ length: 30 }, (_, n) => {
        const instanceId = pick(instances);
        const name = `r${round}-${n % 5}`;
        return pick([
          () => world.instanceCommands.stop(admin, { instanceId }),
          () => world.instanceCommands.restart(admin, { instanceId }),
          () => world.instanceCommands.delete(admin, { instanceId }),
          () => world.instanceCommands.update(admin, { instanceId, labels: { round: String(round) } }),
          () => world.imageCommands.create(admin, { name, instanceId }),
          () => world.imageCommands.create(admin, { name, instanceId, idempotencyKey: `${name}-${instanceId}` }),
          () => world.instanceCommands.create(admin, { name, idempotencyKey: name }),
        ]);
      });
      for (const outcome of await Promise.allSettled(commands.map((command) => command()))) {
        if (outcome.status === 'fulfilled') accepted += 1;
        else if (!(outcome.reason instanceof AppError) || outcome.reason.code !== 'CONFLICT') throw outcome.reason;
      }
      expect(await findCollisions()).toEqual([]);
    }
    expect(accepted).toBeGreaterThan(6);
    const { rows } = await world.database.pool.query(`
      SELECT (SELECT count(*)::int FROM cms.operations) AS operations,
             (SELECT count(DISTINCT data->>'operationId')::int FROM pgboss.job WHERE data ? 'operationId') AS queued,
             (SELECT count(DISTINCT operation_id)::int FROM cms.operation_steps) AS with_steps,
             (SELECT count(*)::int FROM cms.images m WHERE NOT EXISTS
               (SELECT FROM cms.operations o WHERE o.image_id = m.id)) AS images_without_operation`);
    const { operations } = rows[0];
    expect(rows[0]).toEqual({ operations, queued: operations, with_steps: operations, images_without_operation: 0 });
  });
});
