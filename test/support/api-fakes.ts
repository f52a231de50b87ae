import { randomUUID } from 'node:crypto';
import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import type { AlertRecord } from '../../resolvers/ports/alerts.ts';
import type { OperationRecord } from '../../resolvers/ports/records.ts';
import type { ScheduleRecord } from '../../resolvers/ports/schedules.ts';
import type { Services } from '../../resolvers/services.ts';

type Faked = { readonly [Port in keyof Services]?: Partial<Services[Port]> };

const PORTS: readonly (keyof Services)[] = [
  'instanceCommands',
  'imageCommands',
  'operationCommands',
  'serverCommands',
  'instanceQueries',
  'imageQueries',
  'operationQueries',
  'drillQueries',
  'upkeepQueries',
  'scheduleCommands',
  'scheduleQueries',
  'retention',
  'webhookCommands',
  'webhookQueries',
  'alertQueries',
  'readinessQueries',
  'checks',
  'events',
  'logs',
  'sessions',
  'accessQueries',
  'accessCommands',
  'audit',
];

/** What tests of other things need not think of: nobody has signed up, and nothing is written down. */
const USUAL: Faked = {
  accessQueries: { user: async () => null, apiToken: async () => null },
  audit: { watch: (_what, work) => work() },
};

/** Services of which only what a test gives can be called; any other call fails the test with its name. */
export function fakeServices(faked: Faked = {}): Services {
  return Object.fromEntries(
    PORTS.map((port) => {
      const given: object = { ...USUAL[port], ...faked[port] };
      const get = (target: object, method: string | symbol) => {
        if (method in target) return Reflect.get(target, method);
        return () => {
          throw new Error(`${port}.${String(method)} was not expected to be called`);
        };
      };
      return [port, new Proxy(given, { get })];
    }),
  ) as unknown as Services;
}

/** Counts the calls of every method of every port under `port.method`. */
export function countCalls(services: Services): { services: Services; calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const counted = Object.fromEntries(
    Object.entries(services).map(([port, target]: [string, object]) => {
      const get = (from: object, method: string | symbol) => {
        const value: unknown = Reflect.get(from, method);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const name = `${port}.${String(method)}`;
          calls.set(name, (calls.get(name) ?? 0) + 1);
          return Reflect.apply(value, from, given);
        };
      };
      return [port, new Proxy(target, { get })];
    }),
  ) as unknown as Services;
  return { services: counted, calls };
}

const CREATED = new Date('2026-03-01T09:30:00.000Z');

export function sampleInstance(values: Partial<InstanceRecord> = {}): InstanceRecord {
  return {
    id: randomUUID(),
    name: 'orders',
    resourceName: 'orders-0a1b2c3d',
    namespace: 'toygres-managed',
    platform: 'local:test',
    imageType: 'STOCK',
    postgresVersion: '15',
    storageGib: 10,
    exposure: 'INTERNAL',
    dnsLabel: null,
    state: 'RUNNING',
    health: 'UNKNOWN',
    deletionProtection: false,
    parameters: {},
    startedParameters: {},
    hosting: {},
    startedHosting: {},
    storageClass: null,
    connectionSecret: false,
    labels: {},
    endpoint: { host: '127.0.0.1', port: 5433, dnsName: null },
    sourceImageId: null,
    durableFunctions: null,
    allowExtensionUpgrade: false,
    acceptLoss: null,
    backgroundWork: null,
    databases: null,
    findings: [],
    failure: null,
    revision: 1,
    createdAt: CREATED,
    updatedAt: CREATED,
    ...values,
  };
}

export function sampleImage(values: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: randomUUID(),
    name: 'orders-monday',
    description: null,
    state: 'AVAILABLE',
    method: 'LOGICAL',
    imageType: 'STOCK',
    postgresVersion: '15',
    sourceInstanceId: randomUUID(),
    sourceInstanceName: 'orders',
    databases: [],
    extensions: [],
    durable: null,
    notices: [],
    findings: [],
    acceptLoss: 'OBJECTS',
    encrypted: false,
    sizeBytes: 1,
    databaseBytes: 1,
    sourceStorageGib: 10,
    labels: {},
    verifiedAt: CREATED,
    takenAt: CREATED,
    protected: false,
    expiresAt: null,
    scheduleId: null,
    failure: null,
    revision: 1,
    createdAt: CREATED,
    updatedAt: CREATED,
    ...values,
  };
}

export function sampleOperation(values: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: randomUUID(),
    kind: 'CREATE_IMAGE',
    workflow: 'create-image',
    workflowVersion: '1.0.0',
    platform: 'local:test',
    state: 'RUNNING',
    percent: 0,
    run: 1,
    instanceId: null,
    imageId: null,
    requestedBy: 'admin',
    actor: { kind: 'USER', id: null, name: 'admin' },
    cancelledBy: null,
    failure: null,
    revision: 1,
    createdAt: CREATED,
    startedAt: null,
    finishedAt: null,
    ...values,
  };
}

export function sampleSchedule(values: Partial<ScheduleRecord> = {}): ScheduleRecord {
  return {
    id: randomUUID(),
    name: 'nightly',
    platform: 'local:test',
    enabled: true,
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    selector: { team: 'shop' },
    instanceId: null,
    method: 'LOGICAL',
    retention: { keepDaily: 7 },
    drillEvery: null,
    concurrency: 4,
    promisedSince: CREATED,
    revision: 1,
    createdAt: CREATED,
    updatedAt: CREATED,
    ...values,
  };
}

export function sampleAlert(values: Partial<AlertRecord> = {}): AlertRecord {
  return {
    id: randomUUID(),
    platform: 'local:test',
    kind: 'IMAGE_FAILED',
    severity: 'CRITICAL',
    message: 'The image "orders-monday" of "orders" failed: the disk is full',
    remedy: 'Retry its operation.',
    instanceId: null,
    imageId: null,
    scheduleId: null,
    operationId: null,
    openedAt: CREATED,
    resolvedAt: null,
    revision: 1,
    createdAt: CREATED,
    ...values,
  };
}
