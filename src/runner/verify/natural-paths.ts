import * as z from 'zod';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { quoteLiteral, type Sql, sql } from '../../guarded-postgres/sql.ts';
import { hexBytes } from '../catalogue/columns.ts';

const DEFAULT = Buffer.from('"$user", public');
const Path = z.tuple([hexBytes]).transform(([bytes]) => bytes);

const hex = (expression: string) => `encode(textsend(${expression}), 'hex')`;

/** What the database sets for those who come, and the schemas of its extensions. */
const OF_THE_DATABASE: Question<Buffer> = {
  sql: `
    SELECT ${hex(`substr(c.setting, length('search_path=') + 1)`)}
    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c(setting)
    WHERE d.datname = current_database() AND s.setrole = 0 AND c.setting LIKE 'search_path=%'`,
  row: Path,
};
const OF_EXTENSIONS: Question<Buffer> = {
  sql: `
    SELECT DISTINCT ${hex(`quote_ident(n.nspname)`)} FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE n.nspname <> 'pg_catalog'`,
  row: Path,
};

/**
 * The search paths by which functions of this database may have found what they call, the likeliest first. Sessions here look
 * in pg_catalog alone.
 */
export async function readNaturalPaths(session: Session): Promise<readonly Buffer[]> {
  const [own] = await session.ask(OF_THE_DATABASE);
  const extensions = await session.ask(OF_EXTENSIONS);
  const named = own === undefined ? [DEFAULT] : [own, DEFAULT];
  const wide = [named[0] ?? DEFAULT, ...extensions].flatMap((part, at) => [
    ...(at === 0 ? [] : [Buffer.from(', ')]),
    part,
  ]);
  return [...named, Buffer.concat(wide)];
}

/** Sets it until the transaction, or its part, ends. */
export function useUntilEnd(path: Buffer): Sql {
  return sql`SELECT set_config('search_path', ${quoteLiteral(path)}, true)`;
}
