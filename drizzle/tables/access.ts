import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { ActorKind, AuditOutcome, Role } from '../../schema/states.ts';
import { cms } from './cms.ts';

export const users = cms.table(
  'users',
  {
    id: uuid().primaryKey(),
    username: text().notNull(),
    /** In PHC's form; null for who signs in by OIDC alone. */
    passwordHash: text(),
    role: text().$type<Role>().notNull(),
    scope: jsonb().$type<Record<string, string>>().notNull().default({}),
    enabled: boolean().notNull().default(true),
    /** Who vouches for it, and under which name there; both null for who signs in with a password. */
    issuer: text(),
    subject: text(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    lastLoginAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (t) => [
    uniqueIndex('users_username').on(sql`lower(${t.username})`),
    uniqueIndex('users_subject').on(t.issuer, t.subject),
    index('users_newest').on(t.createdAt.desc(), t.id.desc()),
  ],
);

/** Sign-ins that are open; one that ended has no row. */
export const sessions = cms.table(
  'sessions',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of what the cookie holds, in hex. */
    tokenHash: text().notNull().unique('sessions_token'),
    address: text(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    /** When it was last used, to the minute. */
    seenAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  },
  (t) => [index('sessions_user').on(t.userId), index('sessions_expiry').on(t.expiresAt)],
);

export const apiTokens = cms.table(
  'api_tokens',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    role: text().$type<Role>().notNull(),
    scope: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** The first characters, by which people tell tokens apart. */
    prefix: text().notNull(),
    /** SHA-256 of the token, in hex. */
    tokenHash: text().notNull().unique('api_tokens_token'),
    /** Whose rights are the most that it has; null once that user is gone, and for the configured administrator's. */
    userId: uuid().references(() => users.id, { onDelete: 'set null' }),
    createdByKind: text().$type<ActorKind>().notNull(),
    createdById: uuid(),
    createdByName: text().notNull(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true, precision: 3 }),
    lastUsedAt: timestamp({ withTimezone: true, precision: 3 }),
    revokedAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (t) => [index('api_tokens_newest').on(t.createdAt.desc(), t.id.desc()), index('api_tokens_user').on(t.userId)],
);

/** How often a sign-in was tried within a window, by account, address or device. */
export const loginAttempts = cms.table(
  'login_attempts',
  {
    /** What is counted, and a digest of which: names of accounts may be anything. */
    key: text().primaryKey(),
    attempts: integer().notNull(),
    expiresAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  },
  (t) => [index('login_attempts_expiry').on(t.expiresAt)],
);

/** Who did what, or tried to. Rows are added and never changed: a trigger and the rights of the service's role see to it. */
export const auditEntries = cms.table(
  'audit_entries',
  {
    id: uuid().primaryKey(),
    /** When it was over. */
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    /** Null for who did not say, or could not prove, who it is. */
    actorKind: text().$type<ActorKind>(),
    actorId: uuid(),
    actorName: text(),
    address: text(),
    action: text().notNull(),
    target: uuid(),
    outcome: text().$type<AuditOutcome>().notNull(),
    code: text(),
    detail: text(),
  },
  (t) => [
    index('audit_entries_newest').on(t.createdAt.desc(), t.id.desc()),
    index('audit_entries_target').on(t.target, t.createdAt.desc()),
    index('audit_entries_action').on(t.action, t.createdAt.desc(), t.id.desc()),
    index('audit_entries_outcome').on(t.outcome, t.createdAt.desc(), t.id.desc()),
    index('audit_entries_actor').on(t.actorName, t.createdAt.desc()),
  ],
);
