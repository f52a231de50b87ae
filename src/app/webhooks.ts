import type { Config } from '../config/env.ts';
import type { Logger } from '../log/logger.ts';
import { isPublicAddress, readLiteral, refuseAddress } from '../notify/address.ts';
import { generateWebhookSecret } from '../notify/secrets.ts';
import { createSender } from '../notify/sender.ts';
import type { WebhookPort } from '../services/webhooks/webhook-commands.ts';
import type { Core } from './core.ts';
import type { Stops } from './stops.ts';

const LOCAL_NAME = /(^|\.)localhost\.?$/i;

/** Sends messages to webhooks, until `stops` are called. */
export function startWebhooks(
  config: Pick<Config, 'webhookAllowPrivate'>,
  { database, listener, secrets }: Pick<Core, 'database' | 'listener' | 'secrets'>,
  log: Logger,
  stops: Stops,
): WebhookPort {
  const allowPrivate = config.webhookAllowPrivate;
  const sender = createSender({ database, listener, secrets, allowPrivate, log });
  stops.defer('the sender of webhooks', () => sender.stop(), { withinMs: 30_000, endsWithUs: true });
  sender.start();
  return {
    generateSecret: generateWebhookSecret,
    checkAddress(url) {
      const literal = readLiteral(url);
      const isLocal = literal === null ? LOCAL_NAME.test(new URL(url).hostname) : !isPublicAddress(literal);
      if (isLocal && !allowPrivate) throw refuseAddress();
    },
    sendNow: (deliveryId) => sender.sendNow(deliveryId),
  };
}
