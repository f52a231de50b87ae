import { and, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import { instances } from '../../../drizzle/tables/index.ts';
import type { InstanceRecords } from '../../../jobs/ports/records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { requireUnprotected } from '../../../jobs/servers/require-unprotected.ts';
import { AppError } from '../../../schema/errors.ts';
import type { InstanceState } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { answered } from '../answered.ts';
import { refuseHeldName } from '../commands/held-names.ts';
import { storableFailure, storableFinding } from '../stored-text.ts';
import { instanceColumns, toInstanceRecord } from './rows.ts';

function notFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no instance ${id}.`);
}

type Change = Partial<typeof instances.$inferInsert>;

/**
 * Moves an instance from one of these states, with what belongs to the new one. No effect when it is there already
 * (unless that state is among `from`). Throws CONFLICT naming both states for any other, NOT_FOUND without a row.
 */
async function move(
  tx: Transaction,
  id: string,
  from: readonly InstanceState[],
  to: InstanceState,
  change: Change,
): Promise<void> {
  const moved = await inside(tx)
    .update(instances)
    .set({ ...change, state: to })
    .where(and(eq(instances.id, id), inArray(instances.state, [...from])))
    .returning({ id: instances.id });
  if (moved.length > 0) return;
  const [row] = await inside(tx)
    .select({ name: instances.name, state: instances.state })
    .from(instances)
    .where(eq(instances.id, id));
  if (row === undefined) throw notFound(id);
  if (row.state === to) return;
  throw new AppError('CONFLICT', `The instance "${row.name}" is ${row.state} and cannot become ${to}.`);
}

/** The instances as workflows read and change them. States are checked in the statement that changes them. */
export function createInstanceRecords({ orm }: Database, secrets: SecretBox): InstanceRecords {
  return {
    async read(id) {
      const [row] = await answered(orm.select(instanceColumns).from(instances).where(eq(instances.id, id)));
      if (row === undefined) throw notFound(id);
      return toInstanceRecord(row);
    },

    async readPassword(id) {
      const [row] = await answered(
        orm.select({ encryptedPassword: instances.encryptedPassword }).from(instances).where(eq(instances.id, id)),
      );
      if (row === undefined) throw notFound(id);
      if (row.encryptedPassword === null) {
        throw new AppError('CONFLICT', 'The instance is deleted, and its password is forgotten.');
      }
      return secrets.decrypt(row.encryptedPassword, id);
    },

    async readOwnerPassword(id) {
      const [row] = await answered(
        orm
          .select({ encryptedOwnerPassword: instances.encryptedOwnerPassword })
          .from(instances)
          .where(eq(instances.id, id)),
      );
      if (row === undefined) throw notFound(id);
      const value = row.encryptedOwnerPassword;
      return value === null ? null : secrets.decrypt(value, ownerContext(id));
    },

    markRunning: (tx, id, { parameters: startedParameters, hosting: startedHosting, ...endpoint }, findings) =>
      move(tx, id, ['CREATING', 'STOPPED', 'RUNNING'], 'RUNNING', {
        endpoint,
        failure: null,
        ...(startedParameters === undefined ? {} : { startedParameters: { ...startedParameters } }),
        ...(startedHosting === undefined ? {} : { startedHosting }),
        ...(findings === undefined ? {} : { findings: findings.map(storableFinding) }),
      }),
    async readNextPassword(id) {
      const [row] = await answered(
        orm.select({ next: instances.nextEncryptedPassword }).from(instances).where(eq(instances.id, id)),
      );
      if (row === undefined) throw notFound(id);
      return row.next === null ? null : secrets.decrypt(row.next, id);
    },

    async takeNextPassword(tx, id) {
      await inside(tx)
        .update(instances)
        .set({ encryptedPassword: sql`${instances.nextEncryptedPassword}`, nextEncryptedPassword: null })
        .where(and(eq(instances.id, id), isNotNull(instances.nextEncryptedPassword)));
    },

    async takeNextOwnerPassword(tx, id) {
      const [row] = await inside(tx)
        .select({ next: instances.nextEncryptedPassword })
        .from(instances)
        .where(eq(instances.id, id))
        .for('update');
      if (row === undefined || row.next === null) return;
      const encryptedOwnerPassword = secrets.encrypt(secrets.decrypt(row.next, id), ownerContext(id));
      await inside(tx)
        .update(instances)
        .set({ encryptedOwnerPassword, nextEncryptedPassword: null })
        .where(eq(instances.id, id));
    },

    async forgetNextPassword(tx, id) {
      await inside(tx).update(instances).set({ nextEncryptedPassword: null }).where(eq(instances.id, id));
    },

    markStopped: (tx, id) => move(tx, id, ['RUNNING', 'STOPPED'], 'STOPPED', { failure: null, health: 'UNKNOWN' }),

    markFailed: (tx, id, failure) =>
      move(tx, id, ['CREATING'], 'FAILED', { endpoint: null, failure: storableFailure(failure) }),

    async markDeleting(tx, id) {
      const { name, state, deletionProtection } = instances;
      const [row] = await inside(tx)
        .select({ name, state, deletionProtection })
        .from(instances)
        .where(eq(instances.id, id))
        .for('update');
      // It may have been protected since the deletion was asked for.
      if (row !== undefined && row.state !== 'DELETING') requireUnprotected(row);
      await move(tx, id, ['RUNNING', 'DELETING'], 'DELETING', { health: 'UNKNOWN', failure: null });
    },

    markDeleted: (tx, id) =>
      move(tx, id, ['DELETING', 'FAILED'], 'DELETED', {
        endpoint: null,
        encryptedPassword: null,
        encryptedOwnerPassword: null,
        nextEncryptedPassword: null,
        failure: null,
        health: 'UNKNOWN',
      }),

    async markGrown(tx, id, storageGib) {
      const larger = lt(instances.storageGib, storageGib);
      await inside(tx)
        .update(instances)
        .set({ storageGib })
        .where(and(eq(instances.id, id), larger));
    },

    async setFailure(tx, id, failure) {
      const updated = await inside(tx)
        .update(instances)
        .set({ failure: storableFailure(failure) })
        .where(eq(instances.id, id))
        .returning({ id: instances.id });
      if (updated.length === 0) throw notFound(id);
    },

    reopenCreation: (tx, id) =>
      move(tx, id, ['FAILED'], 'CREATING', { failure: null }).catch((error: unknown) => {
        throw refuseHeldName(error);
      }),
  };
}
