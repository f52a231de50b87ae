import DataLoader from 'dataloader';
import type { ImageRecord, InstanceRecord } from '../jobs/ports/records.ts';
import type { FindingFacts } from '../schema/rules/finding-rules.ts';
import { EVERYTHING, isEverything } from '../schema/rules/scope-rules.ts';
import { createListLoader, type ListLoader } from './list-loader.ts';
import { createPageLoader, type PageLoader } from './page-loader.ts';
import type { ApiTokenRecord, UserRecord } from './ports/access.ts';
import type { AlertRecord, ReadinessRecord } from './ports/alerts.ts';
import type { Caller } from './ports/commands.ts';
import type { DrillRecord } from './ports/drills.ts';
import type {
  HealthCheckRecord,
  HealthDayRecord,
  ImageFileRecord,
  JobRecord,
  OperationRecord,
  WeighedStep,
} from './ports/records.ts';
import type { ScheduleRecord, ScheduleRunRecord } from './ports/schedules.ts';
import type { WebhookDeliveryRecord, WebhookRecord } from './ports/webhooks.ts';
import type { Services } from './services.ts';

/** States of drills that say whether an image comes back; the others say that it is not known yet, or was not asked to the end. */
const VERDICTS = ['PASSED', 'FAILED'] as const;

/** The relations between nouns: however many parents ask in one tick, each relation is one call of a port. */
export interface Loaders {
  readonly instances: DataLoader<string, InstanceRecord | null>;
  readonly images: DataLoader<string, ImageRecord | null>;
  readonly operations: DataLoader<string, OperationRecord | null>;
  readonly drills: DataLoader<string, DrillRecord | null>;
  readonly drillsOfImage: ListLoader<DrillRecord>;
  /** The newest of each image that said something. */
  readonly verdictOfImage: DataLoader<string, DrillRecord | null>;
  readonly imageFiles: DataLoader<string, readonly ImageFileRecord[]>;
  readonly steps: DataLoader<string, readonly WeighedStep[]>;
  readonly jobs: DataLoader<string, readonly JobRecord[]>;
  readonly operationNotices: DataLoader<string, readonly string[]>;
  readonly operationFindings: DataLoader<string, readonly FindingFacts[]>;
  readonly healthChecks: ListLoader<HealthCheckRecord>;
  readonly healthDays: DataLoader<string, HealthDayRecord>;
  readonly imagesOfInstance: PageLoader<ImageRecord>;
  readonly readiness: DataLoader<string, ReadinessRecord | null>;
  readonly alerts: DataLoader<string, AlertRecord | null>;
  readonly webhooks: DataLoader<string, WebhookRecord | null>;
  readonly users: DataLoader<string, UserRecord | null>;
  readonly apiTokens: DataLoader<string, ApiTokenRecord | null>;
  readonly deliveries: ListLoader<WebhookDeliveryRecord>;
  readonly schedules: DataLoader<string, ScheduleRecord | null>;
  readonly runsOfSchedule: PageLoader<ScheduleRunRecord>;
  readonly imagesOfSchedule: PageLoader<ImageRecord>;
  readonly operationsOfRun: DataLoader<string, readonly string[]>;
  readonly operationsOfInstance: PageLoader<OperationRecord>;
  readonly operationsOfImage: PageLoader<OperationRecord>;
  /** Forgets all that was read: for after a change. */
  clear(): void;
}

/** Loaders that have read nothing yet. What one has read stays as it was read until `clear`. */
export function createLoaders(services: Services, caller: Caller): Loaders {
  const { instanceQueries, imageQueries, operationQueries, scheduleQueries, upkeepQueries } = services;
  const { accessQueries, alertQueries, drillQueries, readinessQueries, webhookQueries } = services;
  const loaders = {
    instances: new DataLoader((ids: readonly string[]) => instanceQueries.byIds(ids)),
    images: new DataLoader((ids: readonly string[]) => imageQueries.byIds(ids)),
    operations: new DataLoader((ids: readonly string[]) => operationQueries.byIds(ids)),
    drills: new DataLoader((ids: readonly string[]) => drillQueries.byIds(ids)),
    drillsOfImage: createListLoader((ids, first) => drillQueries.ofImages(ids, first)),
    verdictOfImage: new DataLoader(async (ids: readonly string[]) => {
      const lists = await drillQueries.ofImages(ids, 1, VERDICTS);
      return lists.map(([newest]) => newest ?? null);
    }),
    imageFiles: new DataLoader((ids: readonly string[]) => imageQueries.files(ids)),
    steps: new DataLoader((ids: readonly string[]) => operationQueries.steps(ids)),
    jobs: new DataLoader((ids: readonly string[]) => operationQueries.jobs(ids)),
    operationNotices: new DataLoader((ids: readonly string[]) => operationQueries.notices(ids)),
    operationFindings: new DataLoader((ids: readonly string[]) => operationQueries.findings(ids)),
    healthChecks: createListLoader((ids, first) => upkeepQueries.healthChecks(ids, first)),
    healthDays: new DataLoader((ids: readonly string[]) => upkeepQueries.healthDays(ids)),
    readiness: new DataLoader((ids: readonly string[]) => readinessQueries.ofInstances(ids)),
    alerts: new DataLoader((ids: readonly string[]) => alertQueries.byIds(ids)),
    webhooks: new DataLoader(async (ids: readonly string[]) => {
      // They are told of whatever happens, so that nobody with a scope sees them.
      if (caller.role !== 'ADMIN' || !isEverything(caller.scope ?? EVERYTHING)) return ids.map(() => null);
      const all = await webhookQueries.list();
      return ids.map((id) => all.find((one) => one.id === id) ?? null);
    }),
    users: new DataLoader((ids: readonly string[]) => accessQueries.usersByIds(caller, ids)),
    apiTokens: new DataLoader((ids: readonly string[]) => accessQueries.apiTokensByIds(caller, ids)),
    deliveries: createListLoader((ids, first) => webhookQueries.deliveries(ids, first)),
    schedules: new DataLoader((ids: readonly string[]) => scheduleQueries.byIds(ids)),
    runsOfSchedule: createPageLoader((ids, page) => scheduleQueries.runPages(ids, page)),
    imagesOfSchedule: createPageLoader((ids, page) => imageQueries.pagesOfSchedules(ids, page)),
    operationsOfRun: new DataLoader((ids: readonly string[]) => scheduleQueries.operationsOfRuns(ids)),
    imagesOfInstance: createPageLoader((ids, page) => imageQueries.pagesOfInstances(ids, page)),
    operationsOfInstance: createPageLoader((ids, page) => operationQueries.pagesOfInstances(ids, page)),
    operationsOfImage: createPageLoader((ids, page) => operationQueries.pagesOfImages(ids, page)),
  };
  return {
    ...loaders,
    clear() {
      for (const loader of Object.values(loaders)) loader.clearAll();
    },
  };
}
