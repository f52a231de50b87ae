import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookEvent } from '../../../schema/states.ts';
import { createListener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { generateWebhookSecret } from '../../../src/notify/secrets.ts';
import { createSender, type Sender } from '../../../src/notify/sender.ts';
import { createCommandGate } from '../../../src/services/commands/gate.ts';
import { createWebhookCommands } from '../../../src/services/webhooks/webhook-commands.ts';
import { recordAttempt, takeDue } from '../../../src/stores/webhooks/outbox.ts';
import { createWebhookQueries } from '../../../src/stores/webhooks/webhooks.ts';
import { eventually } from '../../support/eventually.ts';
import { insertDrill, insertImage, insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { admin, newName, useCommandWorld } from '../services/command-world.ts';

const world = useCommandWorld();
const log = createLogger('silent');
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await world.database.pool.query('DELETE FROM cms.webhooks');
});

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver that answers as the test says, and keeps what it got. */
async function listen(answer: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

const ok = (response: ServerResponse) => void response.writeHead(204).end();
const failing = (status: number) => (response: ServerResponse) => void response.writeHead(status).end('not now');

async function startSender(
  options: { readonly allowPrivate?: boolean; readonly timeoutMs?: number } = {},
): Promise<Sender> {
  const { database } = world;
  const listener = createListener({ url: database.url, log });
  await listener.start();
  stops.push(() => listener.stop());
  const { allowPrivate = true, timeoutMs = 2000 } = options;
  const sender = createSender({ database, listener, secrets, allowPrivate, timeoutMs, log });
  sender.start();
  stops.push(() => sender.stop());
  return sender;
}

async function createWebhook(url: string, events: WebhookEvent[], sender: Pick<Sender, 'sendNow'> | null = null) {
  const gate = createCommandGate({ database: world.database, secrets, platform: world.platform, log });
  const commands = createWebhookCommands(gate, secrets, {
    generateSecret: generateWebhookSecret,
    checkAddress: () => {},
    sendNow: async (id) => sender?.sendNow(id),
  });
  const { webhookId, secret } = await commands.create(admin, { name: newName('hook'), url, events });
  const deliveries = async () => (await createWebhookQueries(world.database).deliveries([webhookId], 20))[0] ?? [];
  return { commands, webhookId, secret, deliveries };
}

/** An operation that ends now. */
async function endOperation(state: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED'): Promise<string> {
  const instanceId = await insertInstance(world.database, { name: newName('shop') });
  const id = await insertOperation(world.database, { state: 'RUNNING', instanceId });
  const failure = state === 'FAILED' ? { code: 'STEP_FAILED', message: 'the disk is full', step: null } : null;
  await world.database.pool.query('UPDATE cms.operations SET state = $2, failure = $3 WHERE id = $1', [
    id,
    state,
    failure,
  ]);
  return id;
}

const retryNow = () =>
  world.database.pool.query(
    'UPDATE cms.webhook_deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL',
  );

/** Everything was as it is a day ago. */
async function aDayLater(): Promise<void> {
  const client = await world.database.pool.connect();
  try {
    // Without the trigger that notes when a webhook was changed.
    await client.query(`SET session_replication_role = 'replica'`);
    await client.query(`UPDATE cms.webhook_deliveries SET created_at = created_at - interval '24 hours'`);
    await client.query(`UPDATE cms.webhooks SET updated_at = updated_at - interval '24 hours'`);
  } finally {
    client.release(true);
  }
}

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
