import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { Hosting } from '../../schema/rules/hosting-rules.ts';
import type {
  BackgroundWork,
  DurableFunctions,
  Exposure,
  HealthStatus,
  ImageType,
  InstanceState,
  Loss,
  ReadinessStatus,
} from '../../schema/states.ts';
import { ENDED_RECORD_STATES } from '../../schema/states.ts';
import { cms } from './cms.ts';
import { listed } from './listed.ts';
import type { StoredFailure } from './shapes.ts';

/** The states in which an instance holds its name and its DNS label. */
const holdsName = sql.raw(`state NOT IN (${listed(ENDED_RECORD_STATES)})`);

export const instances = cms.table(
  'instances',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    resourceName: text().notNull().unique('instances_resource_name'),
    namespace: text().notNull(),
    platform: text().notNull(),
    imageType: text().$type<ImageType>().notNull(),
    postgresVersion: text().notNull(),
    storageGib: integer().notNull(),
    exposure: text().$type<Exposure>().notNull(),
    dnsLabel: text(),
    state: text().$type<InstanceState>().notNull(),
    health: text().$type<HealthStatus>().notNull().default('UNKNOWN'),
    deletionProtection: boolean().notNull().default(false),
    labels: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** What of PostgreSQL's parameters its next start gives it, and what the server that runs was started with. */
    parameters: jsonb().$type<Record<string, string>>().notNull().default({}),
    startedParameters: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** How the nodes of a cluster host its next start, and how they host the server that runs. */
    hosting: jsonb().$type<Hosting>().notNull().default({}),
    startedHosting: jsonb().$type<Hosting>().notNull().default({}),
    /** Of its volume on Kubernetes; null: the installation's. */
    storageClass: text(),
    /** KEPT: programs on the platform find how to connect. GOING: not any more. */
    connectionSecret: text().$type<'KEPT' | 'GOING'>(),
    /** Encrypted; null once the instance is deleted. */
    encryptedPassword: text(),
    /** Encrypted; null for servers without a login that is no superuser, and once the instance is deleted. */
    encryptedOwnerPassword: text(),
    sourceImageId: uuid(),
    /** What a restore makes of the durable functions of its image; null without one. */
    durableFunctions: text().$type<DurableFunctions>(),
    allowExtensionUpgrade: boolean().notNull().default(false),
    /** What a restore may lose, holds and takes along; null without an image, and in rows of before it could be asked. */
    acceptLoss: text().$type<Loss>(),
    backgroundWork: text().$type<BackgroundWork>(),
    databases: jsonb().$type<string[]>(),
    /** What its restore could not bring back as it was. */
    findings: jsonb().$type<FindingFacts[]>().notNull().default([]),
    /** The password that it is to have, while it is being given another. */
    nextEncryptedPassword: text(),
    endpoint: jsonb().$type<{ host: string; port: number; dnsName: string | null; tls?: string }>(),
    /** The readiness that was last told to those who follow it; what it is, the records of its images say. */
    toldReadiness: text().$type<ReadinessStatus>(),
    failure: jsonb().$type<StoredFailure>(),
    revision: bigint({ mode: 'number' }).notNull().default(1),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('instances_name_held').on(t.name).where(holdsName),
    uniqueIndex('instances_dns_label_held').on(t.dnsLabel).where(holdsName),
    index('instances_newest').on(t.createdAt.desc(), t.id.desc()),
    index('instances_present').on(t.createdAt.desc(), t.id.desc()).where(sql.raw(`state <> 'DELETED'`)),
    index('instances_state').on(t.state, t.createdAt.desc(), t.id.desc()),
    index('instances_name_begin').on(t.name.op('text_pattern_ops')),
    index('instances_labels').using('gin', t.labels.op('jsonb_path_ops')),
    index('instances_source_image').on(t.sourceImageId),
    index('instances_running').on(t.platform).where(sql.raw(`state = 'RUNNING'`)),
    index('instances_unhealthy').on(t.platform, t.name).where(sql.raw(`state = 'RUNNING' AND health = 'UNHEALTHY'`)),
    index('instances_stopped').on(t.platform, t.name).where(sql.raw(`state = 'STOPPED'`)),
    check(
      'instances_password_kept',
      sql`${t.encryptedPassword} IS NOT NULL OR ${t.state} IN (${sql.raw(listed(ENDED_RECORD_STATES))})`,
    ),
  ],
);
