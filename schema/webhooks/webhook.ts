import 'reflect-metadata';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars.ts';
import { WebhookEvent } from '../states.ts';

@ObjectType({
  description:
    'An address that is told of what happens, signed as the Standard Webhooks specification says. At least once: a ' +
    'message may come twice with the same webhook-id. What is not taken is tried again for a day.',
})
export class Webhook {
  @Field(() => ID, { description: 'A UUID.' })
  declare readonly id: string;

  @Field(() => String, { description: 'Its name; no other webhook has it.' })
  declare readonly name: string;

  @Field(() => String, {
    description: 'Where messages are sent. Addresses of Slack and Microsoft Teams get bodies of theirs.',
  })
  declare readonly url: string;

  @Field(() => [WebhookEvent], { description: 'What it is told of.' })
  declare readonly events: WebhookEvent[];

  @Field(() => Boolean, {
    description: 'While false, nothing is sent. It is disabled by itself after a day of failures.',
  })
  declare readonly enabled: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  declare readonly createdAt: Date;
}

@ObjectType({ description: 'A message to a webhook; kept for 30 days.' })
export class WebhookDelivery {
  @Field(() => ID, { description: 'A UUID; the webhook-id of the message.' })
  declare readonly id: string;

  @Field(() => WebhookEvent, { description: 'What it tells of.' })
  declare readonly event: WebhookEvent;

  @Field(() => Int, { description: 'How often it was tried so far.' })
  declare readonly attempts: number;

  @Field(() => Int, { nullable: true, description: 'What the receiver answered last; null when it did not answer.' })
  declare readonly statusCode: number | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt failed.' })
  declare readonly error: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the receiver took it.' })
  declare readonly deliveredAt: Date | null;

  @Field(() => DateTime, { description: 'When it happened.' })
  declare readonly createdAt: Date;
}

const NAME =
  'At most 63 lower-case letters, digits and "-", beginning with a letter and not ending with "-"; not in use.';
const URL_RULE =
  'https, or http; no user or password in it. Loopback, private and link-local addresses are refused unless the server ' +
  'is configured to allow them.';

@InputType({ description: 'A new webhook.' })
export class CreateWebhookInput {
  @Field(() => String, { description: NAME })
  declare readonly name: string;

  @Field(() => String, { description: URL_RULE })
  declare readonly url: string;

  @Field(() => [WebhookEvent], { description: 'What it is told of; at least one.' })
  declare readonly events: WebhookEvent[];

  @Field(() => Boolean, { nullable: true, description: 'Whether anything is sent. Left out: true.' })
  declare readonly enabled?: boolean | null;
}

@InputType({ description: 'Changes of a webhook; what is left out stays as it is.' })
export class UpdateWebhookInput {
  @Field(() => ID, { description: 'The webhook to change.' })
  declare readonly webhookId: string;

  @Field(() => String, { nullable: true, description: NAME })
  declare readonly name?: string | null;

  @Field(() => String, { nullable: true, description: URL_RULE })
  declare readonly url?: string | null;

  @Field(() => [WebhookEvent], { nullable: true, description: 'All that it is told of from now on; at least one.' })
  declare readonly events?: WebhookEvent[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether anything is sent from now on.' })
  declare readonly enabled?: boolean | null;
}

@InputType({ description: 'Which webhook to delete, with the record of its deliveries.' })
export class DeleteWebhookInput {
  @Field(() => ID, { description: 'The webhook to delete.' })
  declare readonly webhookId: string;
}

@InputType({ description: 'Which webhook to send a trial message.' })
export class TestWebhookInput {
  @Field(() => ID, { description: 'The webhook to try; it may be disabled.' })
  declare readonly webhookId: string;
}

@InputType({ description: 'Which webhook gets a new secret.' })
export class RotateWebhookSecretInput {
  @Field(() => ID, { description: 'The webhook.' })
  declare readonly webhookId: string;
}

@ObjectType({ description: 'A webhook with a secret that is shown this once.' })
export class CreateWebhookPayload {
  @Field(() => Webhook, { description: 'The webhook as it now stands.' })
  declare readonly webhook: Webhook;

  @Field(() => String, {
    description: 'What its messages are signed with, "whsec_" and base64. It is not shown again.',
  })
  declare readonly secret: string;
}

@ObjectType({ description: 'A webhook that was changed.' })
export class WebhookPayload {
  @Field(() => Webhook, { description: 'The webhook as it now stands.' })
  declare readonly webhook: Webhook;
}

@ObjectType({ description: 'What testWebhook sent.' })
export class TestWebhookPayload {
  @Field(() => WebhookDelivery, { description: 'The message, and what the receiver answered.' })
  declare readonly delivery: WebhookDelivery;
}
