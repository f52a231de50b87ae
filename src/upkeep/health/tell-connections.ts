import { createHash } from 'node:crypto';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { OwnerConnection } from '../../../jobs/ports/platform/servers.ts';
import type { ServerEndpoint } from '../../../jobs/ports/records.ts';
import { OWNER_NAME } from '../../../jobs/ports/superuser.ts';
import { buildServerSpec } from '../../../jobs/servers/server-spec.ts';
import { buildConnectionString } from '../../../resolvers/connection-string.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { toInstanceRecord } from '../../stores/instances/rows.ts';
import { forgetConnection, readConnectionsToTell } from '../../stores/upkeep/connections.ts';
import type { HeldLease } from '../../stores/upkeep/leases.ts';
import { type HeldInstance, withInstance } from './with-instance.ts';

export interface TellingDependencies {
  readonly database: Database;
  readonly platform: Pick<Platform, 'id' | 'ensureConnection' | 'removeConnection'>;
  readonly secrets: Pick<SecretBox, 'decrypt'>;
  /** The authorities that certificates of servers are verified by, PEM. */
  readonly readTrusted: () => Promise<string>;
  readonly log: Logger;
}

/** What was told is told again after this, whatever became of it meanwhile. */
const AGAIN_MS = 600_000;

/**
 * Keeps true what programs on the platform find of how to connect: after another password, address or authority. The answer
 * looks at all instances that are to have it; one that cannot be told holds up no other.
 */
export function createConnectionTeller(dependencies: TellingDependencies): (lease: HeldLease) => Promise<void> {
  const { database, platform, secrets, readTrusted, log } = dependencies;
  const told = new Map<string, { readonly digest: string; readonly until: number }>();

  const hindered = new Map<string, string>();
  const forget = (id: string) => {
    told.delete(id);
    hindered.delete(id);
  };

  function build(
    row: { id: string; encryptedOwnerPassword: string | null; endpoint: ServerEndpoint | null },
    trusted: string,
  ) {
    const { endpoint, encryptedOwnerPassword } = row;
    if (endpoint === null || encryptedOwnerPassword === null) return null;
    const login = { username: OWNER_NAME, password: secrets.decrypt(encryptedOwnerPassword, ownerContext(row.id)) };
    const connection: OwnerConnection = {
      ...login,
      host: endpoint.host,
      port: endpoint.port,
      database: OWNER_NAME,
      uri: buildConnectionString(endpoint, { ...login, database: OWNER_NAME }),
      authorities: endpoint.tls === undefined ? '' : trusted,
    };
    return { connection, digest: createHash('sha256').update(JSON.stringify(connection)).digest('hex') };
  }

  async function tell(lease: HeldLease, id: string, trusted: string): Promise<void> {
    await withInstance(database, lease, id, 'RUNNING', async ({ row, operationId }: HeldInstance) => {
      const wanted = build(row, trusted);
      if (wanted === null || row.connectionSecret !== 'KEPT') return;
      await platform.ensureConnection(buildServerSpec(toInstanceRecord(row), operationId), wanted.connection);
      hindered.delete(id);
      told.set(id, { digest: wanted.digest, until: Date.now() + AGAIN_MS });
    });
  }

  async function takeBack(lease: HeldLease, id: string, state: 'RUNNING' | 'STOPPED'): Promise<void> {
    await withInstance(database, lease, id, state, async ({ tx, row }: HeldInstance) => {
      if (row.connectionSecret !== 'GOING') return;
      await platform.removeConnection(row);
      await forgetConnection(tx, id);
      forget(id);
    });
  }

  return async (lease) => {
    const rows = await readConnectionsToTell(database, platform.id);
    const known = new Set(rows.map(({ id }) => id));
    for (const id of [...told.keys(), ...hindered.keys()]) if (!known.has(id)) forget(id);
    if (rows.length === 0) return;
    const trusted = await readTrusted();
    for (const row of rows) {
      try {
        if (row.connectionSecret === 'GOING') {
          await takeBack(lease, row.id, row.state);
          continue;
        }
        const last = told.get(row.id);
        const isTold = last !== undefined && last.until > Date.now() && last.digest === build(row, trusted)?.digest;
        if (!isTold) await tell(lease, row.id, trusted);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // It is tried at every look; what stands in its way is said once.
        if (hindered.get(row.id) === error.message) continue;
        hindered.set(row.id, error.message);
        log.warn({ instanceId: row.id, reason: error.message }, 'programs cannot be told how to connect now');
      }
    }
  };
}
