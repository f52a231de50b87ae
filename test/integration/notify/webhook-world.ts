import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { WebhookEvent } from '../../../schema/states.ts';
import { createListener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { generateWebhookSecret } from '../../../src/notify/secrets.ts';
import { createSender, type Sender } from '../../../src/notify/sender.ts';
import { createCommandGate } from '../../../src/services/commands/gate.ts';
import { createWebhookCommands } from '../../../src/services/webhooks/webhook-commands.ts';
import { createWebhookQueries } from '../../../src/stores/webhooks/webhooks.ts';
import { insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { admin, newName, useCommandWorld } from '../services/command-world.ts';

const log = createLogger('silent');

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Receivers that take a message, and that refuse it. */
export const ok = (response: ServerResponse) => void response.writeHead(204).end();
export const failing = (status: number) => (response: ServerResponse) => void response.writeHead(status).end('not now');

/** Records, receivers and senders for the tests of webhooks, to be called at the head of a file. What a test started stops with it. */
export function useWebhookWorld() {
  const world = useCommandWorld();
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await world.database.pool.query('DELETE FROM cms.webhooks');
  });

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

  return {
    get database() {
      return world.database;
    },
    listen,
    startSender,
    createWebhook,
    endOperation,
    retryNow,
    aDayLater,
  };
}
