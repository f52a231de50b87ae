import { and, count, eq, ne, sql } from 'drizzle-orm';
import { users } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { UserRecord } from '../../../resolvers/ports/access.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Scope } from '../../../schema/rules/scope-rules.ts';
import type { Role } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { isUniqueViolation } from '../../db/errors.ts';
import { answered } from '../answered.ts';
import { toUserRecord, userColumns } from './rows.ts';

/** A user with what its sign-in is checked against. */
export type StoredUser = typeof users.$inferSelect;

/** The user of that name, in any case of its letters. */
export async function readUserByName({ orm }: Database, username: string): Promise<StoredUser | null> {
  const [row] = await answered(orm.select().from(users).where(sql`lower(${users.username}) = lower(${username})`));
  return row ?? null;
}

/** The user with its row locked until the transaction ends. */
export async function lockUser(tx: Transaction, id: string): Promise<StoredUser | null> {
  const [row] = await inside(tx).select().from(users).where(eq(users.id, id)).for('update');
  return row ?? null;
}

/** The user whom an issuer vouches for. */
export async function lockUserBySubject(tx: Transaction, issuer: string, subject: string): Promise<StoredUser | null> {
  const [row] = await inside(tx)
    .select()
    .from(users)
    .where(and(eq(users.issuer, issuer), eq(users.subject, subject)))
    .for('update');
  return row ?? null;
}

/** CONFLICT when the name is taken, in whatever case. */
export async function insertUser(
  tx: Transaction,
  user: Omit<typeof users.$inferInsert, 'createdAt'>,
): Promise<UserRecord> {
  try {
    const [row] = await inside(tx).insert(users).values(user).returning(userColumns);
    if (row === undefined) throw new Error('a user was not written');
    return toUserRecord(row);
  } catch (error) {
    if (!isUniqueViolation(error, 'users_username')) throw error;
    throw new AppError('CONFLICT', 'There is a user of this name already: choose another name.', {
      details: { field: 'username', rule: 'unique' },
    });
  }
}

export async function changeUser(
  tx: Transaction,
  id: string,
  change: {
    readonly role?: Role;
    readonly scope?: Scope;
    readonly enabled?: boolean;
    readonly passwordHash?: string;
    readonly lastLoginAt?: Date;
  },
): Promise<UserRecord> {
  const [row] = await inside(tx)
    .update(users)
    .set({ ...change, ...(change.scope === undefined ? {} : { scope: { ...change.scope } }) })
    .where(eq(users.id, id))
    .returning(userColumns);
  if (row === undefined) throw new Error(`user ${id} was not there to be changed`);
  return toUserRecord(row);
}

export async function deleteUserRow(tx: Transaction, id: string): Promise<void> {
  await inside(tx).delete(users).where(eq(users.id, id));
}

/** Keeps every other change of users away until the transaction ends: the last administrator is looked for. */
export async function lockUsers(tx: Transaction): Promise<void> {
  await inside(tx).execute(sql`LOCK TABLE cms.users IN SHARE ROW EXCLUSIVE MODE`);
}

/** Whether there is an enabled administrator of everything besides this one. */
export async function hasOtherAdministrator(tx: Transaction, id: string): Promise<boolean> {
  const [row] = await inside(tx)
    .select({ others: count() })
    .from(users)
    .where(and(ne(users.id, id), eq(users.role, 'ADMIN'), eq(users.enabled, true), sql`${users.scope} = '{}'::jsonb`));
  return (row?.others ?? 0) > 0;
}

export async function hasUsers(tx: Transaction): Promise<boolean> {
  const [row] = await inside(tx).select({ id: users.id }).from(users).limit(1);
  return row !== undefined;
}
