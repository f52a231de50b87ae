import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

/** The lease of looking after the health of a platform's instances. */
export function healthLeaseName(platformId: string): string {
  return `health ${platformId}`;
}

/** Who does a duty, and the number under which it writes. */
export interface HeldLease {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
}

/** No lease is for so long: one that says so was taken while the clock was ahead, and its holder may be long dead. */
const LONGEST = sql.raw(`interval '10 minutes'`);

/**
 * Takes or renews the lease for so long by the database's clock. Null while somebody else has it. A new holder gets a
 * higher fence than every earlier one.
 */
export async function takeLease(
  { orm }: Database,
  { name, holder, forMs }: { readonly name: string; readonly holder: string; readonly forMs: number },
): Promise<HeldLease | null> {
  const until = sql`clock_timestamp() + ${forMs} * interval '1 millisecond'`;
  const { rows } = await answered(
    orm.execute<{ fence: string }>(sql`
      INSERT INTO cms.leases AS l (name, holder, fence, expires_at) VALUES (${name}, ${holder}, 1, ${until})
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
        fence = l.fence + (l.holder <> excluded.holder)::integer
      WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
        OR l.expires_at > clock_timestamp() + ${LONGEST}
      RETURNING fence`),
  );
  const [row] = rows;
  return row === undefined ? null : { name, holder, fence: Number(row.fence) };
}

/** Gives the lease up, so that another may take it at once. No effect when somebody else has it by now. */
export async function releaseLease({ orm }: Database, lease: HeldLease): Promise<void> {
  const { name, holder, fence } = lease;
  await answered(
    orm.execute(sql`
      UPDATE cms.leases SET expires_at = '-infinity' WHERE name = ${name} AND holder = ${holder} AND fence = ${fence}`),
  );
}

/** True within a statement as long as nobody else has taken the lease over and it has not run out. */
export function isHeld({ name, holder, fence }: HeldLease): SQL {
  return sql`EXISTS (SELECT FROM cms.leases WHERE name = ${name} AND holder = ${holder}::uuid AND fence = ${fence}
    AND expires_at > clock_timestamp())`;
}

/** Whether anybody has the lease at present. */
export async function isLeaseTaken({ orm }: Database, name: string): Promise<boolean> {
  const { rows } = await answered(
    orm.execute<{ taken: boolean }>(sql`
      SELECT EXISTS (SELECT FROM cms.leases WHERE name = ${name} AND expires_at > clock_timestamp()) AS taken`),
  );
  return rows[0]?.taken === true;
}
