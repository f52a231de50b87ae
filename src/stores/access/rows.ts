import { getTableColumns } from 'drizzle-orm';
import { apiTokens, type auditEntries, users } from '../../../drizzle/tables/index.ts';
import type { ApiTokenRecord, AuditRecord, UserRecord } from '../../../resolvers/ports/access.ts';

const { passwordHash: _password, issuer: _issuer, subject: _subject, ...readableUser } = getTableColumns(users);
const { tokenHash: _token, ...readableToken } = getTableColumns(apiTokens);

/** What every read for the API selects: nothing that opens something. */
export const userColumns = readableUser;
export const apiTokenColumns = readableToken;

export function toUserRecord(row: Pick<typeof users.$inferSelect, keyof typeof userColumns>): UserRecord {
  const { id, username, role, scope, enabled, createdAt, lastLoginAt } = row;
  return { id, username, role, scope, enabled, createdAt, lastLoginAt };
}

export function toApiTokenRecord(
  row: Pick<typeof apiTokens.$inferSelect, keyof typeof apiTokenColumns>,
): ApiTokenRecord {
  const { id, name, role, scope, prefix, createdAt, expiresAt, lastUsedAt, revokedAt } = row;
  const createdBy = { kind: row.createdByKind, id: row.createdById, name: row.createdByName };
  return { id, name, role, scope, prefix, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt };
}

export function toAuditRecord(row: typeof auditEntries.$inferSelect): AuditRecord {
  const { id, createdAt, actorKind, actorId, actorName, address, action, target, outcome, code, detail } = row;
  const actor = actorKind === null ? null : { kind: actorKind, id: actorId, name: actorName ?? '' };
  return { id, createdAt, actor, address, action, target, outcome, code, detail };
}
