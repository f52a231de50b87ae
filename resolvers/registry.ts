import {
  ApiTokenFieldResolver,
  AuditEntryFieldResolver,
  UserFieldResolver,
  ViewerFieldResolver,
} from './access/fields.ts';
import { AccessMutationResolver } from './access/mutations.ts';
import { AccessQueryResolver } from './access/queries.ts';
import { SessionResolver } from './access/sessions.ts';
import { AlertFieldResolver } from './alerts/fields.ts';
import { AlertQueryResolver } from './alerts/queries.ts';
import { ChangeFieldResolver } from './changes/fields.ts';
import { ChangeSubscriptionResolver } from './changes/subscriptions.ts';
import { DriftQueryResolver } from './drift/queries.ts';
import { DrillFieldResolver, DrillsOfImageResolver } from './drills/fields.ts';
import { DrillQueryResolver } from './drills/queries.ts';
import { ImageFieldResolver } from './images/fields.ts';
import { ImageMutationResolver } from './images/mutations.ts';
import { ImageQueryResolver } from './images/queries.ts';
import { ImageSubscriptionResolver } from './images/subscriptions.ts';
import { CredentialsResolver } from './instances/credentials.ts';
import { EndpointFieldResolver, InstanceFieldResolver } from './instances/fields.ts';
import { InstanceHealthResolver } from './instances/health.ts';
import { InstanceMutationResolver } from './instances/mutations.ts';
import { InstanceQueryResolver } from './instances/queries.ts';
import { InstanceReadinessResolver, ReadinessFieldResolver } from './instances/readiness.ts';
import { InstanceSubscriptionResolver } from './instances/subscriptions.ts';
import { JobFieldResolver } from './jobs/fields.ts';
import { JobSubscriptionResolver } from './jobs/subscriptions.ts';
import { NodeResolver } from './node.ts';
import { OperationEventFieldResolver, OperationFieldResolver } from './operations/fields.ts';
import { OperationMutationResolver } from './operations/mutations.ts';
import { OperationQueryResolver } from './operations/queries.ts';
import { OperationSubscriptionResolver } from './operations/subscriptions.ts';
import { ScheduleFieldResolver, ScheduleRunFieldResolver } from './schedules/fields.ts';
import { ScheduleMutationResolver } from './schedules/mutations.ts';
import { ScheduleQueryResolver } from './schedules/queries.ts';
import { RetentionResolver } from './schedules/retention.ts';
import { ServerMutationResolver } from './server/mutations.ts';
import { DiagnosticFieldResolver, ServerLimitsResolver, ServerQueryResolver } from './server/queries.ts';
import { WebhookResolver } from './webhooks/webhooks.ts';

/** Every resolver of the API; what is not listed here is not served. */
export const RESOLVERS = [
  NodeResolver,
  SessionResolver,
  AccessQueryResolver,
  AccessMutationResolver,
  UserFieldResolver,
  ApiTokenFieldResolver,
  AuditEntryFieldResolver,
  ViewerFieldResolver,
  ServerQueryResolver,
  DiagnosticFieldResolver,
  ServerLimitsResolver,
  ServerMutationResolver,
  DriftQueryResolver,
  ChangeFieldResolver,
  ChangeSubscriptionResolver,
  InstanceQueryResolver,
  InstanceFieldResolver,
  InstanceHealthResolver,
  EndpointFieldResolver,
  CredentialsResolver,
  InstanceMutationResolver,
  InstanceSubscriptionResolver,
  ImageQueryResolver,
  ImageFieldResolver,
  ImageMutationResolver,
  ImageSubscriptionResolver,
  DrillQueryResolver,
  DrillFieldResolver,
  DrillsOfImageResolver,
  OperationQueryResolver,
  OperationFieldResolver,
  OperationEventFieldResolver,
  OperationMutationResolver,
  OperationSubscriptionResolver,
  JobFieldResolver,
  JobSubscriptionResolver,
  ScheduleQueryResolver,
  ScheduleFieldResolver,
  ScheduleRunFieldResolver,
  ScheduleMutationResolver,
  RetentionResolver,
  WebhookResolver,
  AlertQueryResolver,
  AlertFieldResolver,
  InstanceReadinessResolver,
  ReadinessFieldResolver,
] as const;
