import { randomUUID } from 'node:crypto';
import { auditEntries } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { AuditEntry } from '../../../resolvers/ports/access.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { type Database, inside } from '../../db/database.ts';
import { answered } from '../answered.ts';

const DETAIL_MAX = 500;

function toRow({ actor, target, detail, ...entry }: AuditEntry): typeof auditEntries.$inferInsert {
  return {
    ...entry,
    id: randomUUID(),
    actorKind: actor?.kind ?? null,
    actorId: actor?.id ?? null,
    actorName: actor?.name ?? null,
    target: target !== null && isUuid(target) ? target : null,
    detail: detail?.slice(0, DETAIL_MAX) ?? null,
  };
}

/** Writes a line through the transaction of what it tells of: both are there, or neither. */
export async function insertAuditEntry(tx: Transaction, entry: AuditEntry): Promise<void> {
  await inside(tx).insert(auditEntries).values(toRow(entry));
}

/** Writes a line of what has no transaction of its own: a refusal, a failure, a read. */
export async function writeAuditEntry({ orm }: Database, entry: AuditEntry): Promise<void> {
  await answered(orm.insert(auditEntries).values(toRow(entry)));
}
