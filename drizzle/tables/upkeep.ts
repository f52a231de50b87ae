import { sql } from 'drizzle-orm';
import { bigint, doublePrecision, index, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { DriftKind, DriftState, HealthStatus } from '../../schema/states.ts';
import { OPEN_DRIFT_STATES } from '../../schema/states.ts';
import { cms } from './cms.ts';
import { listed } from './listed.ts';

/** What each look at a running instance found, kept for a bounded time. */
export const healthChecks = cms.table(
  'health_checks',
  {
    /** No foreign key: it would lock the instance's row at every check, and records of instances stay. */
    instanceId: uuid().notNull(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    status: text().$type<HealthStatus>().notNull(),
    /** How long connecting took; null when it failed. */
    latencyMs: doublePrecision(),
    /** What is wrong, in words; null when nothing is. */
    message: text(),
  },
  // Rows come in the order of time: BRIN finds the old ones at hardly any cost for the writes.
  (t) => [
    primaryKey({ columns: [t.instanceId, t.at] }),
    index('health_checks_age').using('brin', t.at).with({ autosummarize: true }),
  ],
);

/** Where the platform and the blob store hold something else than the records say. */
export const drift = cms.table(
  'drift',
  {
    platform: text().notNull(),
    kind: text().$type<DriftKind>().notNull(),
    /** The namespace of the platform; empty for what lies in the blob store. */
    namespace: text().notNull(),
    name: text().notNull(),
    /** The record it says it belongs to. */
    ownerId: text(),
    firstSeen: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    lastSeen: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    state: text().$type<DriftState>().notNull(),
    reason: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.platform, t.kind, t.namespace, t.name] }),
    index('drift_newest').on(t.lastSeen.desc()),
    index('drift_open')
      .on(t.platform)
      .where(sql.raw(`state IN (${listed(OPEN_DRIFT_STATES)})`)),
  ],
);

/** Duties that one process does for all of a platform, until its lease runs out. */
export const leases = cms.table('leases', {
  name: text().primaryKey(),
  holder: uuid().notNull(),
  /** Grows with every change of the holder: what an earlier one still writes is refused. */
  fence: bigint({ mode: 'number' }).notNull().default(1),
  expiresAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
});
