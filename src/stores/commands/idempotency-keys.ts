import { and, eq, gt, sql } from 'drizzle-orm';
import { idempotencyKeys, operations } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { OperationState } from '../../../schema/states.ts';
import { type Database, inside, type OrmTransaction } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** Whose key it is; the same key in another mutation or of another caller is another one. */
export interface KeyOwner {
  readonly caller: string;
  readonly mutation: string;
  readonly key: string;
}

/** The references that a payload is made of again, and its notices. */
export type StoredOutcome = typeof idempotencyKeys.$inferSelect.outcome;

/** What a key stood for, and the digest of the input that it came with. */
export interface KeptKey {
  readonly inputDigest: string;
  readonly outcome: StoredOutcome;
  /** How the operation of the outcome stands, if it has one that is still recorded. */
  readonly operationState: OperationState | null;
}

const PENDING_OUTCOME: StoredOutcome = {};
const kept = sql`now() - interval '7 days'`;
/** How many outdated keys each new one clears away: more than it adds, so that they cannot pile up. */
const CLEARED_AT_ONCE = 10;

function owned({ caller, mutation, key }: KeyOwner) {
  return and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.mutation, mutation), eq(idempotencyKeys.key, key));
}

async function read(orm: Pick<OrmTransaction, 'select'>, owner: KeyOwner): Promise<KeptKey | null> {
  const [row] = await orm
    .select({
      inputDigest: idempotencyKeys.inputDigest,
      outcome: idempotencyKeys.outcome,
      operationState: operations.state,
    })
    .from(idempotencyKeys)
    .leftJoin(operations, eq(operations.id, sql`(${idempotencyKeys.outcome} ->> 'operationId')::uuid`))
    .where(and(owned(owner), gt(idempotencyKeys.createdAt, kept)));
  return row ?? null;
}

/** What the key stands for by now; null for one that is new or older than 7 days. */
export function readKey({ orm }: Database, owner: KeyOwner): Promise<KeptKey | null> {
  return answered(read(orm, owner));
}

/**
 * Takes a new key for this transaction and answers null, or answers with what it stands for. While another transaction
 * holds the same key, waits for its end: committed, its outcome is the answer; rolled back, the key is free.
 */
export async function claimKey(tx: Transaction, owner: KeyOwner, inputDigest: string): Promise<KeptKey | null> {
  const orm = inside(tx);
  const claimed = await orm
    .insert(idempotencyKeys)
    .values({ ...owner, inputDigest, outcome: PENDING_OUTCOME })
    .onConflictDoUpdate({
      target: [idempotencyKeys.caller, idempotencyKeys.mutation, idempotencyKeys.key],
      set: { inputDigest, outcome: PENDING_OUTCOME, createdAt: sql`now()` },
      setWhere: sql`${idempotencyKeys.createdAt} <= ${kept}`,
    })
    .returning({ key: idempotencyKeys.key });
  if (claimed.length === 0) return read(orm, owner);
  // Locked ones are left to who locked them: two claims at once must not wait for each other.
  await orm.execute(sql`
    DELETE FROM ${idempotencyKeys} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${idempotencyKeys} WHERE ${idempotencyKeys.createdAt} <= ${kept}
      LIMIT ${CLEARED_AT_ONCE} FOR UPDATE SKIP LOCKED))`);
  return null;
}

/** Writes down what a claimed key stands for, in the transaction that brings it about. */
export async function keepOutcome(tx: Transaction, owner: KeyOwner, outcome: StoredOutcome): Promise<void> {
  await inside(tx).update(idempotencyKeys).set({ outcome }).where(owned(owner));
}
