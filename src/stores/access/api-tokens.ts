import { and, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import { apiTokens, users } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { ApiTokenRecord } from '../../../resolvers/ports/access.ts';
import type { Scope } from '../../../schema/rules/scope-rules.ts';
import type { Role } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';
import { apiTokenColumns, toApiTokenRecord } from './rows.ts';

/** A token that holds, with the rights that it was given and those that its user has now. */
export interface ValidToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly expiresAt: Date | null;
  readonly userId: string | null;
  /** Null for a token of the configured administrator, who may do everything. */
  readonly ownerRole: Role | null;
  readonly ownerScope: Scope | null;
}

/**
 * The token with this hash unless it is revoked, expired, or its user is disabled or gone. `touch`: this is a use of it,
 * which is written down to the minute.
 */
export async function readToken(
  { orm }: Database,
  tokenHash: string,
  { touch }: { readonly touch: boolean },
): Promise<ValidToken | null> {
  const [row] = await answered(
    orm
      .select({
        id: apiTokens.id,
        name: apiTokens.name,
        role: apiTokens.role,
        scope: apiTokens.scope,
        expiresAt: apiTokens.expiresAt,
        userId: apiTokens.userId,
        ownerRole: users.role,
        ownerScope: users.scope,
        isStale: sql<boolean>`coalesce(${apiTokens.lastUsedAt} < now() - interval '1 minute', true)`,
      })
      .from(apiTokens)
      .leftJoin(users, eq(users.id, apiTokens.userId))
      .where(
        and(
          eq(apiTokens.tokenHash, tokenHash),
          isNull(apiTokens.revokedAt),
          or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, sql`now()`)),
          or(isNull(apiTokens.userId), eq(users.enabled, true)),
        ),
      ),
  );
  if (row === undefined) return null;
  const { isStale, ...token } = row;
  if (touch && isStale) {
    await answered(orm.update(apiTokens).set({ lastUsedAt: sql`now()` }).where(eq(apiTokens.id, token.id)));
  }
  return token;
}

export async function insertToken(
  tx: Transaction,
  token: Omit<typeof apiTokens.$inferInsert, 'createdAt' | 'lastUsedAt' | 'revokedAt'>,
): Promise<ApiTokenRecord> {
  const [row] = await inside(tx).insert(apiTokens).values(token).returning(apiTokenColumns);
  if (row === undefined) throw new Error('a token was not written');
  return toApiTokenRecord(row);
}

/** Whether the token still holds, which nobody changes until the transaction ends: what it makes cannot miss its end. */
export async function holdToken(tx: Transaction, id: string): Promise<boolean> {
  const rows = await inside(tx)
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)))
    .for('share');
  return rows.length > 0;
}

/** Revokes a token; the first time counts. Null for an unknown one. */
export async function revokeToken(tx: Transaction, id: string): Promise<ApiTokenRecord | null> {
  const [row] = await inside(tx)
    .update(apiTokens)
    .set({ revokedAt: sql`coalesce(${apiTokens.revokedAt}, now())` })
    .where(eq(apiTokens.id, id))
    .returning(apiTokenColumns);
  return row === undefined ? null : toApiTokenRecord(row);
}

/** Revokes all tokens that have their rights from a user. */
export async function revokeTokensOf(tx: Transaction, userId: string): Promise<void> {
  await inside(tx)
    .update(apiTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiTokens.userId, userId), isNull(apiTokens.revokedAt)));
}

/** The tokens that hold of those that a token made, and of those that these made, and so on; the oldest first. */
export async function readTokensMadeBy(
  tx: Transaction,
  id: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const { rows } = await inside(tx).execute<{ id: string; name: string }>(sql`
    WITH RECURSIVE made AS (
      SELECT t.id, t.name, t.created_at, t.revoked_at, t.expires_at FROM cms.api_tokens t
      WHERE t.created_by_kind = 'TOKEN' AND t.created_by_id = ${id}
      UNION
      SELECT t.id, t.name, t.created_at, t.revoked_at, t.expires_at FROM cms.api_tokens t
      JOIN made ON t.created_by_kind = 'TOKEN' AND t.created_by_id = made.id
    )
    SELECT id, name FROM made
    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at, id`);
  return rows;
}

/** Revokes all that a token made, as far as it goes: also what one of them is making at this moment. */
export async function revokeTokensMadeBy(tx: Transaction, id: string): Promise<void> {
  for (;;) {
    const made = await readTokensMadeBy(tx, id);
    if (made.length === 0) return;
    const ids = made.map((one) => one.id);
    await inside(tx).update(apiTokens).set({ revokedAt: sql`now()` }).where(inArray(apiTokens.id, ids));
  }
}
