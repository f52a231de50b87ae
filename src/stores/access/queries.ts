import { and, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { apiTokens, auditEntries, users } from '../../../drizzle/tables/index.ts';
import type { AccessQueries, AuditCriteria } from '../../../resolvers/ports/access.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { EVERYTHING, isEverything, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { inOrderOfIds } from '../lists/keyed.ts';
import { buildPage, counting, following, newestFirst, totalsOf } from '../lists/keyset.ts';
import { apiTokenColumns, toApiTokenRecord, toAuditRecord, toUserRecord, userColumns } from './rows.ts';
import { targetWithin } from './scope.ts';

/** Users and tokens whose own scope lies within this one. */
function scopeWithin(column: PgColumn, scope: Scope): SQL | undefined {
  return isEverything(scope) ? undefined : sql`${column} @> ${JSON.stringify(scope)}::jsonb`;
}

function usersFor(caller: Caller): SQL | undefined {
  return caller.role === 'ADMIN' ? scopeWithin(users.scope, caller.scope ?? EVERYTHING) : sql`false`;
}

function tokensFor(caller: Caller): SQL | undefined {
  if (caller.role === 'ADMIN') return scopeWithin(apiTokens.scope, caller.scope ?? EVERYTHING);
  // A token sees itself, and the tokens that it made.
  const own = caller.kind === 'TOKEN' ? [caller.id] : [caller.userId];
  const ids = own.filter((id) => id != null);
  if (ids.length === 0) return sql`false`;
  return caller.kind === 'TOKEN'
    ? or(inArray(apiTokens.id, ids), inArray(apiTokens.createdById, ids))
    : inArray(apiTokens.userId, ids);
}

/** No column holds any other text, and PostgreSQL does not even take it for a comparison. */
const isStorable = (text: string) => !text.includes('\0');

function matching({ actorName, action, outcome, target, after, before }: AuditCriteria): SQL | undefined {
  return and(
    actorName == null ? undefined : isStorable(actorName) ? eq(auditEntries.actorName, actorName) : sql`false`,
    action?.length ? inArray(auditEntries.action, action.filter(isStorable)) : undefined,
    outcome?.length ? inArray(auditEntries.outcome, [...outcome]) : undefined,
    target == null ? undefined : isUuid(target) ? eq(auditEntries.target, target) : sql`false`,
    after == null ? undefined : gt(auditEntries.createdAt, after),
    before == null ? undefined : lt(auditEntries.createdAt, before),
  );
}

/** Reads for the API who may do what, and who did it. */
export function createAccessQueries({ orm }: Database): AccessQueries {
  return {
    async user(caller, id) {
      if (!isUuid(id)) return null;
      const [row] = await answered(
        orm
          .select(userColumns)
          .from(users)
          .where(and(eq(users.id, id), usersFor(caller))),
      );
      return row === undefined ? null : toUserRecord(row);
    },

    async usersByIds(caller, ids) {
      const rows = await answered(
        orm
          .select(userColumns)
          .from(users)
          .where(and(inArray(users.id, ids.filter(isUuid)), usersFor(caller))),
      );
      return inOrderOfIds(ids, rows.map(toUserRecord));
    },

    async users(caller, page) {
      const condition = usersFor(caller);
      const [rows, [totals]] = await Promise.all([
        answered(
          orm
            .select(userColumns)
            .from(users)
            .where(following(users, page, condition))
            .orderBy(...newestFirst(users))
            .limit(page.first + 1),
        ),
        counting(page, () => answered(orm.select(totalsOf(users, page)).from(users).where(condition))),
      ]);
      return buildPage(rows.map(toUserRecord), totals, page);
    },

    async apiToken(caller, id) {
      if (!isUuid(id)) return null;
      const [row] = await answered(
        orm
          .select(apiTokenColumns)
          .from(apiTokens)
          .where(and(eq(apiTokens.id, id), tokensFor(caller))),
      );
      return row === undefined ? null : toApiTokenRecord(row);
    },

    async apiTokensByIds(caller, ids) {
      const rows = await answered(
        orm
          .select(apiTokenColumns)
          .from(apiTokens)
          .where(and(inArray(apiTokens.id, ids.filter(isUuid)), tokensFor(caller))),
      );
      return inOrderOfIds(ids, rows.map(toApiTokenRecord));
    },

    async apiTokens(caller, page) {
      const condition = tokensFor(caller);
      const [rows, [totals]] = await Promise.all([
        answered(
          orm
            .select(apiTokenColumns)
            .from(apiTokens)
            .where(following(apiTokens, page, condition))
            .orderBy(...newestFirst(apiTokens))
            .limit(page.first + 1),
        ),
        counting(page, () => answered(orm.select(totalsOf(apiTokens, page)).from(apiTokens).where(condition))),
      ]);
      return buildPage(rows.map(toApiTokenRecord), totals, page);
    },

    async auditLog(caller, criteria, page) {
      const allowed = caller.role === 'ADMIN' ? targetWithin(caller.scope ?? EVERYTHING) : sql`false`;
      const condition = and(matching(criteria), allowed);
      const [rows, [totals]] = await Promise.all([
        answered(
          orm
            .select()
            .from(auditEntries)
            .where(following(auditEntries, page, condition))
            .orderBy(...newestFirst(auditEntries))
            .limit(page.first + 1),
        ),
        counting(page, () => answered(orm.select(totalsOf(auditEntries, page)).from(auditEntries).where(condition))),
      ]);
      return buildPage(rows.map(toAuditRecord), totals, page);
    },
  };
}
