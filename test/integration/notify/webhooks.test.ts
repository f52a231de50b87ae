import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { insertDrill, insertImage, insertInstance } from '../../support/sample-rows.ts';
import { admin, newName } from '../services/command-world.ts';
import { failing, ok, useWebhookWorld } from './webhook-world.ts';

const world = useWebhookWorld();
const { listen, startSender, createWebhook, endOperation, retryNow } = world;

describe('a webhook', () => {
  it('is told of what happens, signed, and only of what it asked for', async () => {
    const { url, received } = await listen(ok);
    const { secret, deliveries } = await createWebhook(url, ['OPERATION_FAILED']);
    await startSender();
    await endOperation('SUCCEEDED');
    const id = await endOperation('FAILED');
    await eventually(deliveries, (found) => found.some(({ deliveredAt }) => deliveredAt !== null));
    expect(received).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const message = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(message).toMatchObject({
      type: 'operation.failed',
      data: {
        id,
        kind: 'CREATE_IMAGE',
        state: 'FAILED',
        failure: { message: 'the disk is full' },
        instance: { name: expect.any(String) },
      },
    });
    expect(await deliveries()).toMatchObject([
      { id: headers['webhook-id'], attempts: 1, statusCode: 204, error: null },
    ]);
  });

  it('is told of drills that passed or failed, with what was proven, and of none that was cancelled', async () => {
    const { database } = world;
    const { url, received } = await listen(ok);
    await createWebhook(url, ['DRILL_PASSED', 'DRILL_FAILED']);
    await startSender();
    const sourceInstanceId = await insertInstance(database, { name: newName('proven') });
    const imageId = await insertImage(database, { sourceInstanceId });
    const end = async (state: 'PASSED' | 'FAILED' | 'CANCELLED') => {
      const id = await insertDrill(database, { imageId, sourceInstanceId, recoverySeconds: 4.5, rowsCompared: 7 });
      const failure = state === 'FAILED' ? { code: 'STEP_FAILED', message: 'rows are missing', step: null } : null;
      await database.pool.query('UPDATE cms.drills SET state = $2, failure = $3 WHERE id = $1', [id, state, failure]);
      return id;
    };
    await end('CANCELLED');
    const [passed, failed] = [await end('PASSED'), await end('FAILED')];
    await eventually(
      async () => received.length,
      (count) => count === 2,
    );
    const bodies = received.map(({ body }) => JSON.parse(body));
    expect(bodies.find(({ type }) => type === 'drill.passed')).toMatchObject({
      data: {
        id: passed,
        state: 'PASSED',
        recoverySeconds: 4.5,
        rowsCompared: 7,
        image: { id: imageId },
        instance: { id: sourceInstanceId },
      },
    });
    expect(bodies.find(({ type }) => type === 'drill.failed')).toMatchObject({
      data: { id: failed, state: 'FAILED', failure: { message: 'rows are missing' } },
    });
  });

  it('is told again until it takes a message, with the same id and body', async () => {
    const { url, received } = await listen((response, count) => (count < 3 ? failing(503) : ok)(response));
    const { deliveries } = await createWebhook(url, ['OPERATION_SUCCEEDED']);
    await startSender();
    await endOperation();
    const state = async () => {
      const [delivery] = await deliveries();
      if (delivery?.error != null) await retryNow();
      return delivery;
    };
    expect(await eventually(state, (delivery) => delivery?.deliveredAt != null)).toMatchObject({
      attempts: 3,
      error: null,
    });
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('that hangs, redirects, or is not there has failed, and keeps no other from being told', async () => {
    const hangs = await listen(() => {});
    const target = await listen(ok);
    const redirects = await listen((response) => void response.writeHead(302, { location: target.url }).end());
    const gone = await createWebhook('http://127.0.0.1:1/', ['OPERATION_SUCCEEDED']);
    const [hanging, redirecting] = [
      await createWebhook(hangs.url, ['OPERATION_SUCCEEDED']),
      await createWebhook(redirects.url, ['OPERATION_SUCCEEDED']),
    ];
    const good = await listen(ok);
    const well = await createWebhook(good.url, ['OPERATION_SUCCEEDED']);
    await startSender({ timeoutMs: 1000 });
    await endOperation();
    await eventually(well.deliveries, ([delivery]) => delivery?.deliveredAt != null);
    const errorOf = async ({ deliveries }: typeof well) =>
      (await eventually(deliveries, ([delivery]) => delivery?.error != null))[0]?.error;
    expect(await errorOf(hanging)).toContain('did not answer in time');
    expect(await errorOf(redirecting)).toContain('status 302');
    expect(await errorOf(gone)).toContain('could not be reached');
    expect(target.received).toEqual([]);
  });

  it('may say as much as it likes: no more than a little is read', async () => {
    const { url } = await listen((response) => {
      response.writeHead(500);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const { deliveries } = await createWebhook(url, ['OPERATION_SUCCEEDED']);
    await startSender();
    await endOperation();
    const [delivery] = await eventually(deliveries, ([one]) => one?.error != null);
    expect(delivery?.error?.length).toBeLessThan(400);
  });

  it('is tried by testWebhook, whatever comes of it', async () => {
    const { url, received } = await listen((response, count) => (count === 1 ? ok : failing(418))(response));
    const sender = await startSender();
    const { commands, webhookId, deliveries } = await createWebhook(url, ['ALERT_OPENED'], sender);
    await commands.test(admin, { webhookId });
    await commands.test(admin, { webhookId });
    expect(await deliveries()).toMatchObject([
      { statusCode: 418, attempts: 1 },
      { statusCode: 204, attempts: 1 },
    ]);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ type: 'alert.opened', data: { test: true } });
  });

  it('is signed with both secrets while they are exchanged', async () => {
    const { url, received } = await listen(ok);
    const sender = await startSender();
    const { commands, webhookId, secret } = await createWebhook(url, ['ALERT_OPENED'], sender);
    const rotated = await commands.rotateSecret(admin, { webhookId });
    await commands.test(admin, { webhookId });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    for (const known of [secret, rotated.secret]) {
      expect(() => new Webhook(known).verify(body, headers as Record<string, string>)).not.toThrow();
    }
    const { rows } = await world.database.pool.query('SELECT encrypted_secret FROM cms.webhooks WHERE id = $1', [
      webhookId,
    ]);
    expect(JSON.stringify(rows)).not.toContain(rotated.secret.slice(6));
  });

  it('at a private address is not told, by whichever name it goes', async () => {
    const { url, received } = await listen(ok);
    const sender = await startSender({ allowPrivate: false });
    for (const address of [
      url,
      url.replace('127.0.0.1', 'localhost'),
      url.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
    ]) {
      const { commands, webhookId, deliveries } = await createWebhook(address, ['ALERT_OPENED'], sender);
      await commands.test(admin, { webhookId });
      expect((await deliveries())[0]?.error).toContain('private');
    }
    expect(received).toEqual([]);
  });
});
