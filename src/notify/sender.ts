import { AppError } from '../../schema/errors.ts';
import type { WebhookEvent } from '../../schema/states.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import {
  type DueDelivery,
  keepBody,
  readNextDelivery,
  readSubject,
  recordAttempt,
  type SubjectNoun,
  takeDue,
} from '../stores/webhooks/outbox.ts';
import { every } from '../waiting/every.ts';
import { nextAttempt } from './backoff.ts';
import { buildBody, readReceiver } from './message.ts';
import { createPoster } from './post.ts';
import { signMessage } from './secrets.ts';

/** Hints that rows have changed; see the listener of the CMS. */
export interface ChangeSource {
  subscribe(channel: string, onNotify: (payload: string | null) => void): () => void;
}

export interface SenderOptions {
  readonly database: Database;
  readonly listener: ChangeSource;
  readonly secrets: SecretBox;
  readonly allowPrivate: boolean;
  readonly log: Logger;
  readonly timeoutMs?: number;
}

/** Sends what is to be delivered; every process may, and each message is taken by one at a time. */
export interface Sender {
  start(): void;
  /** Sends this message now, and resolves when the receiver has answered or did not. */
  sendNow(deliveryId: string): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 500;
const LOOK_MS = 30_000;
const AT_ONCE = 16;
/** A receiver that hangs must not keep the messages of others waiting. */
const PER_WEBHOOK = 2;

function nounOf(event: WebhookEvent): SubjectNoun {
  if (event.startsWith('ALERT')) return 'alert';
  return event.startsWith('DRILL') ? 'drill' : 'operation';
}

export function createSender(options: SenderOptions): Sender {
  const { database, listener, secrets, allowPrivate, log, timeoutMs } = options;
  const poster = createPoster({ allowPrivate, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const underWay = new Map<Promise<void>, string>();
  let lookAt = 0;

  async function bodyOf(delivery: DueDelivery): Promise<string> {
    if (delivery.body !== null) return delivery.body;
    const { event, subjectId } = delivery;
    const noun = nounOf(event);
    const known = subjectId === null ? { test: true } : await readSubject(database, noun, subjectId);
    const data: Record<string, unknown> = { ...(known ?? { id: subjectId }) };
    // As it was when it happened: it may have been retried since.
    if (noun !== 'alert' && subjectId !== null) data.state = event.replace(/^(OPERATION|DRILL)_/, '');
    const message = { event, at: new Date(delivery.createdAt), data };
    const body = buildBody(readReceiver(delivery.url), message);
    await keepBody(database, delivery.id, body);
    return body;
  }

  async function send(delivery: DueDelivery): Promise<void> {
    const body = await bodyOf(delivery);
    const at = new Date();
    const keys = [delivery.encryptedSecret, delivery.encryptedOldSecret]
      .filter((value) => value !== null)
      .map((value) => secrets.decrypt(value, delivery.webhookId));
    const end = await poster.post(delivery.url, signMessage({ id: delivery.id, at, body }, keys), body);
    const isTrial = delivery.subjectId === null;
    const again = end.error === null || isTrial;
    const nextAttemptAt = again ? null : nextAttempt(delivery.attempts + 1, new Date(delivery.since), new Date());
    await recordAttempt(database, delivery, { ...end, nextAttemptAt });
    if (end.error !== null)
      log.info({ webhook: delivery.webhookId, status: end.statusCode }, 'a message was not taken');
  }

  function tell(error: unknown): void {
    if (error instanceof AppError) log.warn({ reason: error.message }, 'messages could not be sent');
    else log.error({ err: error }, 'messages could not be sent');
  }

  function begin(delivery: DueDelivery): void {
    const sending = send(delivery)
      .catch(tell)
      .finally(() => {
        underWay.delete(sending);
        lookAt = 0;
      });
    underWay.set(sending, delivery.webhookId);
  }

  async function look(): Promise<void> {
    // By time that passes: a clock that is set back would keep it from looking.
    const now = performance.now();
    if (now < lookAt || underWay.size >= AT_ONCE) return;
    lookAt = now + LOOK_MS;
    const busy = [...new Set(underWay.values())];
    const due = await takeDue(database, { limit: AT_ONCE - underWay.size, perWebhook: PER_WEBHOOK, busy, only: null });
    for (const delivery of due) begin(delivery);
    if (due.length > 0) {
      lookAt = 0;
      return;
    }
    const next = await readNextDelivery(database);
    if (next === null || busy.length > 0) return;
    lookAt = Math.min(lookAt, performance.now() + Math.max(next.getTime() - Date.now(), TICK_MS));
  }

  const stops: (() => Promise<void> | void)[] = [];
  return {
    start() {
      const hear = (payload: string | null) => {
        if (payload === null || payload.startsWith('delivery:')) lookAt = 0;
      };
      stops.push(listener.subscribe('toygres_changes', hear), every(TICK_MS, look, tell));
    },
    async sendNow(deliveryId) {
      const [delivery] = await takeDue(database, { limit: 1, perWebhook: 1_000_000, busy: [], only: deliveryId });
      if (delivery !== undefined) await send(delivery);
    },
    async stop() {
      await Promise.all(stops.map((end) => end()));
      await Promise.all(underWay.keys());
      await poster.stop();
    },
  };
}
