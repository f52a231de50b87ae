import { getTableColumns } from 'drizzle-orm';
import { instances } from '../../../drizzle/tables/index.ts';
import type { InstanceRecord } from '../../../jobs/ports/records.ts';

const { encryptedPassword: _secret, encryptedOwnerPassword: _ownerSecret, ...readable } = getTableColumns(instances);

/** What every read of instances selects: all but the passwords. */
export const instanceColumns = readable;

/** A row as read with `instanceColumns`. */
export type InstanceRow = Omit<typeof instances.$inferSelect, 'encryptedPassword' | 'encryptedOwnerPassword'>;

/** An instance as the rest of the house knows it. */
export function toInstanceRecord(row: InstanceRow): InstanceRecord {
  return {
    id: row.id,
    name: row.name,
    resourceName: row.resourceName,
    namespace: row.namespace,
    platform: row.platform,
    imageType: row.imageType,
    postgresVersion: row.postgresVersion,
    storageGib: row.storageGib,
    exposure: row.exposure,
    dnsLabel: row.dnsLabel,
    state: row.state,
    health: row.health,
    deletionProtection: row.deletionProtection,
    labels: row.labels,
    parameters: row.parameters,
    startedParameters: row.startedParameters,
    hosting: row.hosting,
    startedHosting: row.startedHosting,
    storageClass: row.storageClass,
    connectionSecret: row.connectionSecret === 'KEPT',
    // Kept while the server is stopped, for its credentials; nobody listens there.
    endpoint: row.state === 'STOPPED' ? null : row.endpoint,
    sourceImageId: row.sourceImageId,
    durableFunctions: row.durableFunctions,
    allowExtensionUpgrade: row.allowExtensionUpgrade,
    acceptLoss: row.acceptLoss,
    backgroundWork: row.backgroundWork,
    databases: row.databases,
    findings: row.findings,
    failure: row.failure,
    revision: row.revision,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
