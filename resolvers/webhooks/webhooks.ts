import 'reflect-metadata';
import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DeletedPayload } from '../../schema/deleted-payload.ts';
import { checkPage } from '../../schema/rules/paging-rules.ts';
import { checkWebhook } from '../../schema/rules/webhook-rules.ts';
import {
  CreateWebhookInput,
  CreateWebhookPayload,
  DeleteWebhookInput,
  RotateWebhookSecretInput,
  TestWebhookInput,
  TestWebhookPayload,
  UpdateWebhookInput,
  Webhook,
  WebhookDelivery,
  WebhookPayload,
} from '../../schema/webhooks/webhook.ts';
import type { ApiContext } from '../context.ts';
import { requireId } from '../ids.ts';
import { DEFAULT_FIRST } from '../paging.ts';
import type { WebhookDeliveryRecord, WebhookRecord } from '../ports/webhooks.ts';
import type { Services } from '../services.ts';
import { FIRST, INPUT } from '../words.ts';

interface WebhookOutcome {
  readonly webhook: WebhookRecord | null;
}

const requireWebhook = (input: { readonly webhookId: string }) => requireId('webhook', 'webhookId', input.webhookId);

/** Webhooks, for administrators alone: their addresses are often secrets. */
@Resolver(() => Webhook)
export class WebhookResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async #read(webhookId: string): Promise<WebhookOutcome> {
    return { webhook: await this.#services.webhookQueries.byId(webhookId) };
  }

  @Query(() => [Webhook], { description: 'All webhooks, by name.' })
  async webhooks(): Promise<readonly WebhookRecord[]> {
    return this.#services.webhookQueries.list();
  }

  @FieldResolver(() => [WebhookDelivery], { description: 'Its messages, the newest first.' })
  async deliveries(
    @Root() webhook: WebhookRecord,
    @Ctx() { loaders }: ApiContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST, description: FIRST }) first: number | null,
  ): Promise<readonly WebhookDeliveryRecord[]> {
    const length = first ?? DEFAULT_FIRST;
    checkPage(length);
    return loaders.deliveries.load({ parentId: webhook.id, first: length });
  }

  @Mutation(() => CreateWebhookPayload, {
    description: 'Has an address told of what happens. CONFLICT when the name is taken.',
  })
  async createWebhook(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => CreateWebhookInput, { description: INPUT }) input: CreateWebhookInput,
  ): Promise<WebhookOutcome & { readonly secret: string }> {
    checkWebhook(input);
    const { webhookId, secret } = await this.#services.webhookCommands.create(caller, { ...input });
    return { ...(await this.#read(webhookId)), secret };
  }

  @Mutation(() => WebhookPayload, { description: 'Changes a webhook. Enabling it ends the alert of one that failed.' })
  async updateWebhook(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => UpdateWebhookInput, { description: INPUT }) input: UpdateWebhookInput,
  ): Promise<WebhookOutcome> {
    checkWebhook(input);
    const command = { ...input, webhookId: requireWebhook(input) };
    const { webhookId } = await this.#services.webhookCommands.update(caller, command);
    return this.#read(webhookId);
  }

  @Mutation(() => CreateWebhookPayload, {
    description: 'Gives a webhook a new secret. For a day its messages are signed with the one before as well.',
  })
  async rotateWebhookSecret(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => RotateWebhookSecretInput, { description: INPUT }) input: RotateWebhookSecretInput,
  ): Promise<WebhookOutcome & { readonly secret: string }> {
    const command = { webhookId: requireWebhook(input) };
    const { webhookId, secret } = await this.#services.webhookCommands.rotateSecret(caller, command);
    return { ...(await this.#read(webhookId)), secret };
  }

  @Mutation(() => DeletedPayload, { description: 'Deletes a webhook. What it was not told of yet, it is not told of.' })
  async deleteWebhook(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => DeleteWebhookInput, { description: INPUT }) input: DeleteWebhookInput,
  ): Promise<DeletedPayload> {
    const { webhookId } = await this.#services.webhookCommands.delete(caller, { webhookId: requireWebhook(input) });
    return { id: webhookId };
  }

  @Mutation(() => TestWebhookPayload, {
    description: 'Sends a trial message of the first event that the webhook is told of, and waits for the answer.',
  })
  async testWebhook(
    @Ctx() { caller }: ApiContext,
    @Arg('input', () => TestWebhookInput, { description: INPUT }) input: TestWebhookInput,
  ): Promise<{ readonly delivery: WebhookDeliveryRecord | null }> {
    const { deliveryId } = await this.#services.webhookCommands.test(caller, { webhookId: requireWebhook(input) });
    return { delivery: await this.#services.webhookQueries.delivery(deliveryId) };
  }
}
