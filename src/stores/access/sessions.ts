import { and, eq, gt, ne, sql } from 'drizzle-orm';
import { sessions, users } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Scope } from '../../../schema/rules/scope-rules.ts';
import type { Role } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** A session that holds, with its user's present rights. */
export interface OpenSession {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly expiresAt: Date;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly tokenHash: string;
  readonly address: string | null;
  readonly lifeSeconds: number;
}

const seconds = (count: number) => sql`${count} * interval '1 second'`;

/**
 * The session of this secret unless it is over: revoked, past its end, unused for `idleSeconds`, or of a user that is
 * disabled or gone. `touch`: this is a use of it, which is written down to the minute.
 */
export async function readSession(
  { orm }: Database,
  tokenHash: string,
  { idleSeconds, touch }: { readonly idleSeconds: number; readonly touch: boolean },
): Promise<OpenSession | null> {
  const [row] = await answered(
    orm
      .select({
        id: sessions.id,
        userId: users.id,
        username: users.username,
        role: users.role,
        scope: users.scope,
        expiresAt: sessions.expiresAt,
        isStale: sql<boolean>`${sessions.seenAt} < now() - interval '1 minute'`,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(
        and(
          eq(sessions.tokenHash, tokenHash),
          gt(sessions.expiresAt, sql`now()`),
          gt(sessions.seenAt, sql`now() - ${seconds(idleSeconds)}`),
          eq(users.enabled, true),
        ),
      ),
  );
  if (row === undefined) return null;
  const { isStale, ...session } = row;
  if (touch && isStale) {
    await answered(orm.update(sessions).set({ seenAt: sql`now()` }).where(eq(sessions.id, session.id)));
  }
  return session;
}

/** Opens a session, and clears those away that are past their end; answers with its end. */
export async function insertSession(
  tx: Transaction,
  { lifeSeconds, ...session }: NewSession,
  idleSeconds: number,
): Promise<Date> {
  await inside(tx)
    .delete(sessions)
    .where(sql`${sessions.expiresAt} < now() OR ${sessions.seenAt} < now() - ${seconds(idleSeconds)}`);
  const [row] = await inside(tx)
    .insert(sessions)
    .values({ ...session, expiresAt: sql`now() + ${seconds(lifeSeconds)}` })
    .returning({ expiresAt: sessions.expiresAt });
  if (row === undefined) throw new Error('a session was not written');
  return row.expiresAt;
}

/** Ends one session. Again: no effect. */
export async function deleteSession(tx: Transaction, by: { readonly id: string } | { readonly tokenHash: string }) {
  const condition = 'id' in by ? eq(sessions.id, by.id) : eq(sessions.tokenHash, by.tokenHash);
  await inside(tx).delete(sessions).where(condition);
}

/** Ends all sessions of a user but one. */
export async function deleteSessionsOf(tx: Transaction, userId: string, except: string | null = null): Promise<void> {
  await inside(tx)
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), except === null ? undefined : ne(sessions.id, except)));
}
