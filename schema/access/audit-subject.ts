import 'reflect-metadata';
import { createUnionType } from 'type-graphql';
import { Image } from '../image.ts';
import { Instance } from '../instance.ts';
import { Operation } from '../operation.ts';
import { Schedule } from '../schedules/schedule.ts';
import { Webhook } from '../webhooks/webhook.ts';
import { ApiToken } from './api-token.ts';
import { User } from './user.ts';

/** What can be the target of an entry of the audit log. */
export const AuditSubject = createUnionType({
  name: 'AuditSubject',
  description: 'What something was done to, as it stands now.',
  types: () => [Instance, Image, Operation, Schedule, Webhook, User, ApiToken] as const,
  resolveType: (record) => (record as unknown as { readonly __typename: string }).__typename,
});
