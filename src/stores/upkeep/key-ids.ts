import type { Database } from '../../db/database.ts';

/** Where the records keep what is encrypted with a key of the installation: every such column. */
export const PLACES = [
  { table: 'instances', column: 'encrypted_password' },
  { table: 'instances', column: 'encrypted_owner_password' },
  { table: 'instances', column: 'next_encrypted_password' },
  { table: 'images', column: 'encrypted_password' },
  { table: 'images', column: 'encrypted_owner_password' },
  { table: 'images', column: 'encrypted_file_key' },
  { table: 'webhooks', column: 'encrypted_secret' },
  { table: 'webhooks', column: 'encrypted_old_secret' },
  { table: 'authorities', column: 'encrypted_key' },
] as const;

/** The ids of the keys that the records are encrypted with, in order. */
export async function readKeyIds({ pool }: Pick<Database, 'pool'>): Promise<readonly string[]> {
  const values = PLACES.map(({ table, column }) => `SELECT ${column} AS value FROM cms.${table}`);
  const { rows } = await pool.query<{ id: string }>(
    `SELECT DISTINCT split_part(value, '.', 2) AS id FROM (${values.join(' UNION ALL ')}) AS kept
     WHERE value IS NOT NULL ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

/** What is encrypted with another key than this one, by ids. */
export async function listOtherwiseEncrypted(
  { pool }: Pick<Database, 'pool'>,
  keyId: string,
): Promise<Readonly<Record<(typeof PLACES)[number]['table'], readonly string[]>>> {
  const [instances, images, webhooks, authorities] = Array.from({ length: 4 }, () => new Set<string>());
  const found = { instances, images, webhooks, authorities } as Record<(typeof PLACES)[number]['table'], Set<string>>;
  for (const { table, column } of PLACES) {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM cms.${table} WHERE split_part(${column}, '.', 2) <> $1 ORDER BY created_at, id`,
      [keyId],
    );
    for (const { id } of rows) found[table].add(id);
  }
  return {
    instances: [...found.instances],
    images: [...found.images],
    webhooks: [...found.webhooks],
    authorities: [...found.authorities],
  };
}
