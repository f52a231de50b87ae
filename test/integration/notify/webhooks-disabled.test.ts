import { describe, expect, it } from 'vitest';
import { recordAttempt, takeDue } from '../../../src/stores/webhooks/outbox.ts';
import { eventually } from '../../support/eventually.ts';
import { admin } from '../services/command-world.ts';
import { failing, useWebhookWorld } from './webhook-world.ts';

const world = useWebhookWorld();
const { listen, startSender, createWebhook, endOperation, retryNow, aDayLater } = world;

describe('a webhook that fails', () => {
  it('is disabled after a day of failures, with the reason, and enabled again by its owner', async () => {
    const { url } = await listen(failing(500));
    const { commands, webhookId, deliveries } = await createWebhook(url, ['OPERATION_SUCCEEDED']);
    await endOperation();
    await aDayLater();
    await startSender();
    await eventually(deliveries, ([delivery]) => delivery?.error != null);
    const read = async () => {
      const { rows } = await world.database.pool.query('SELECT enabled, failure FROM cms.webhooks WHERE id = $1', [
        webhookId,
      ]);
      return rows[0];
    };
    expect(await read()).toEqual({ enabled: false, failure: 'The receiver answered with status 500: not now' });
    await commands.update(admin, { webhookId, enabled: true });
    expect(await read()).toEqual({ enabled: true, failure: null });
  });

  it('that is enabled again is tried for another day, also with what has waited for longer', async () => {
    const { url } = await listen(failing(503));
    const { commands, webhookId, deliveries } = await createWebhook(url, ['OPERATION_SUCCEEDED']);
    await endOperation();
    await commands.update(admin, { webhookId, enabled: false });
    await world.database.pool.query(`UPDATE cms.webhook_deliveries SET created_at = now() - interval '3 days'`);
    await commands.update(admin, { webhookId, enabled: true });
    await startSender();
    const [delivery] = await eventually(deliveries, ([one]) => one?.error != null);
    expect(delivery).toMatchObject({ attempts: 1, statusCode: 503, deliveredAt: null });
    const { rows } = await world.database.pool.query(
      `SELECT w.enabled, w.failure, d.next_attempt_at IS NOT NULL AS waits
       FROM cms.webhooks w JOIN cms.webhook_deliveries d ON d.webhook_id = w.id WHERE w.id = $1`,
      [webhookId],
    );
    expect(rows).toEqual([{ enabled: true, failure: null, waits: true }]);
  });

  it('stays told, and enabled, when a sender that was away for long comes back with a failure', async () => {
    const { webhookId, deliveries } = await createWebhook('http://127.0.0.1:1/', ['OPERATION_SUCCEEDED']);
    await endOperation();
    const take = async () => {
      await retryNow();
      const [delivery] = await takeDue(world.database, { limit: 1, perWebhook: 2, busy: [], only: null });
      if (delivery === undefined) throw new Error('nothing was due');
      return delivery;
    };
    const [stopped, other] = [await take(), await take()];
    await recordAttempt(world.database, other, { statusCode: 204, error: null, nextAttemptAt: null });
    await recordAttempt(world.database, stopped, { statusCode: null, error: 'too late', nextAttemptAt: null });
    expect(await deliveries()).toMatchObject([{ attempts: 1, statusCode: 204, deliveredAt: expect.any(Date) }]);
    const read = () => world.database.pool.query('SELECT enabled FROM cms.webhooks WHERE id = $1', [webhookId]);
    expect((await read()).rows).toEqual([{ enabled: true }]);
  });
});
