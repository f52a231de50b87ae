import { describe, expect, it } from 'vitest';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices, sampleAlert, sampleInstance } from '../../support/api-fakes.ts';

const ID = '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10';
const webhook = {
  id: ID,
  name: 'team',
  url: 'https://example.com/hook',
  events: ['ALERT_OPENED' as const],
  enabled: true,
  createdAt: new Date('2026-03-01T09:30:00.000Z'),
};
const services = fakeServices({
  webhookQueries: {
    list: async () => [webhook],
    byId: async () => webhook,
    deliveries: async (ids) => ids.map(() => []),
  },
  webhookCommands: {
    create: async () => ({ webhookId: ID, secret: 'whsec_x' }),
    update: async () => ({ webhookId: ID }),
    delete: async () => ({ webhookId: ID }),
    rotateSecret: async () => ({ webhookId: ID, secret: 'whsec_y' }),
  },
});

const CALLS = [
  'query { webhooks { id deliveries { id } } }',
  'mutation { createWebhook(input: { name: "a", url: "https://example.com", events: [ALERT_OPENED] }) { secret webhook { id } } }',
  `mutation { updateWebhook(input: { webhookId: "${ID}", enabled: false }) { webhook { id } } }`,
  `mutation { rotateWebhookSecret(input: { webhookId: "${ID}" }) { secret } }`,
  `mutation { deleteWebhook(input: { webhookId: "${ID}" }) { id } }`,
];

describe('webhooks', () => {
  it.each(CALLS)('%s is for administrators', async (call) => {
    expect(codes(await run(services, call, { role: 'OPERATOR' }))).toEqual(['FORBIDDEN']);
    expect((await run(services, call, { role: 'ADMIN' })).errors).toEqual([]);
  });

  it.each([
    ['url', 'name: "a", url: "ftp://example.com", events: [ALERT_OPENED]'],
    ['events', 'name: "a", url: "https://example.com", events: []'],
    ['name', 'name: "A", url: "https://example.com", events: [ALERT_OPENED]'],
  ])('refuse what breaks a rule of %s', async (field, input) => {
    const { errors } = await run(services, `mutation { createWebhook(input: { ${input} }) { secret } }`, {
      role: 'ADMIN',
    });
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field });
  });
});

describe('alerts', () => {
  it('are listed, open or not, with what they are about', async () => {
    const instance = sampleInstance();
    const asked: (boolean | null)[] = [];
    const listing = fakeServices({
      alertQueries: {
        page: async (open) => {
          asked.push(open);
          return {
            rows: [sampleAlert({ instanceId: instance.id })],
            hasNextPage: false,
            hasPreviousPage: false,
            totalCount: 1,
          };
        },
      },
      instanceQueries: { byIds: async (ids) => ids.map(() => instance) },
    });
    const { data } = await run(
      listing,
      '{ alerts(open: true) { nodes { kind severity instance { name } resolvedAt } } }',
    );
    expect(data.alerts.nodes).toEqual([
      { kind: 'IMAGE_FAILED', severity: 'CRITICAL', instance: { name: 'orders' }, resolvedAt: null },
    ]);
    await run(listing, '{ alerts { totalCount } }');
    expect(asked).toEqual([true, null]);
  });
});
