import { eq } from 'drizzle-orm';
import { instances } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Started } from '../../../jobs/servers/started.ts';
import type { Hosting } from '../../../schema/rules/hosting-rules.ts';
import type { InstanceState } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';
import { refuseHeldName } from '../commands/held-names.ts';

/** An instance with its encrypted password, its row locked until the transaction ends. */
export type LockedInstance = typeof instances.$inferSelect;

/** What a new instance is recorded with; it begins CREATING. */
export type NewInstance = Required<
  Pick<
    typeof instances.$inferInsert,
    | 'id'
    | 'name'
    | 'resourceName'
    | 'namespace'
    | 'platform'
    | 'imageType'
    | 'postgresVersion'
    | 'storageGib'
    | 'exposure'
    | 'dnsLabel'
    | 'deletionProtection'
    | 'labels'
    | 'encryptedPassword'
    | 'encryptedOwnerPassword'
    | 'sourceImageId'
    | 'durableFunctions'
    | 'allowExtensionUpgrade'
    | 'acceptLoss'
    | 'backgroundWork'
    | 'databases'
    | 'parameters'
    | 'hosting'
    | 'storageClass'
    | 'connectionSecret'
  >
>;

/** Reserves name, DNS label and record. CONFLICT when one is held, also by a transaction that commits meanwhile. */
export async function insertInstance(tx: Transaction, instance: NewInstance): Promise<void> {
  try {
    await inside(tx)
      .insert(instances)
      .values({ ...instance, state: 'CREATING' });
  } catch (error) {
    throw refuseHeldName(error);
  }
}

/** The row as it stands when all earlier changes are committed; nobody else changes it until the transaction ends. */
export async function lockInstance(tx: Transaction, id: string): Promise<LockedInstance | null> {
  const [row] = await inside(tx).select().from(instances).where(eq(instances.id, id)).for('update');
  return row ?? null;
}

/** Replaces the secrets of a locked instance: the same ones, encrypted anew. */
export async function keepInstanceSecrets(
  tx: Transaction,
  id: string,
  secrets: Pick<LockedInstance, 'encryptedPassword' | 'encryptedOwnerPassword' | 'nextEncryptedPassword'>,
): Promise<void> {
  await inside(tx).update(instances).set(secrets).where(eq(instances.id, id));
}

/** How an instance is hosted and on which platform, not locked; null when there is none of this id. */
export async function readInstanceHosting(
  tx: Transaction,
  id: string,
): Promise<Pick<LockedInstance, 'platform' | 'hosting' | 'storageClass'> | null> {
  const { platform, hosting, storageClass } = instances;
  const [row] = await inside(tx)
    .select({ platform, hosting, storageClass })
    .from(instances)
    .where(eq(instances.id, id));
  return row ?? null;
}

/** The state of an instance, not locked; null when there is none of this id. */
export async function readInstanceState(tx: Transaction, id: string): Promise<InstanceState | null> {
  const [row] = await inside(tx).select({ state: instances.state }).from(instances).where(eq(instances.id, id));
  return row?.state ?? null;
}

/** Changes what users may change of a locked instance; what is undefined stays. */
export async function changeInstance(
  tx: Transaction,
  id: string,
  change: {
    readonly labels: Readonly<Record<string, string>> | undefined;
    readonly deletionProtection: boolean | undefined;
    readonly parameters: Readonly<Record<string, string>> | undefined;
    readonly hosting: Hosting | undefined;
    readonly connectionSecret: 'KEPT' | 'GOING' | undefined;
  },
): Promise<void> {
  const { labels, deletionProtection, parameters, hosting, connectionSecret } = change;
  const set = {
    ...(labels === undefined ? {} : { labels: { ...labels } }),
    ...(deletionProtection === undefined ? {} : { deletionProtection }),
    ...(parameters === undefined ? {} : { parameters: { ...parameters } }),
    ...(hosting === undefined ? {} : { hosting }),
    ...(connectionSecret === undefined ? {} : { connectionSecret }),
  };
  if (Object.keys(set).length === 0) return;
  await inside(tx).update(instances).set(set).where(eq(instances.id, id));
}

/** Notes what the server of a locked instance was started with, as far as that is known. */
export async function noteStarted(tx: Transaction, id: string, { parameters, hosting }: Started): Promise<void> {
  const set = {
    ...(parameters === undefined ? {} : { startedParameters: { ...parameters } }),
    ...(hosting === undefined ? {} : { startedHosting: hosting }),
  };
  if (Object.keys(set).length === 0) return;
  await inside(tx).update(instances).set(set).where(eq(instances.id, id));
}

/** Notes the password that a locked instance is to have; encrypted for it. */
export async function noteNextPassword(tx: Transaction, id: string, nextEncryptedPassword: string): Promise<void> {
  await inside(tx).update(instances).set({ nextEncryptedPassword }).where(eq(instances.id, id));
}

/** Moves a locked instance to DELETING; what an earlier operation failed of does not matter any more. */
export async function beginInstanceDeletion(tx: Transaction, id: string): Promise<void> {
  await inside(tx)
    .update(instances)
    .set({ state: 'DELETING', health: 'UNKNOWN', failure: null })
    .where(eq(instances.id, id));
}
