import * as z from 'zod';
import { hexName, type RawName } from '../../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Question, Session } from '../../../guarded-postgres/session.ts';
import { qualified, quoteLiteral, sql } from '../../../guarded-postgres/sql.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import type { Report } from '../../attempt/attempt.ts';

/** A collation that indexes of a database are sorted by, and the version of the library that sorts. */
export const UsedCollation = z.object({
  /** `0` for the database's own. */
  oid: z.string().regex(/^\d{1,10}$/),
  name: z.string().max(1_000),
  version: z.string().max(200),
});
export type UsedCollation = z.infer<typeof UsedCollation>;

const shortText = z.string().max(1_000);

/**
 * The collations that an order on disk depends on, in the version in which this server sorts by them now. Those without a
 * version (C, POSIX) never change.
 */
export const USED_COLLATIONS: Question<UsedCollation> = {
  sql: `
    SELECT '0', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', d.datcollate)::text,
      pg_database_collation_actual_version(d.oid)
    FROM pg_database d
    WHERE d.datname = current_database() AND pg_database_collation_actual_version(d.oid) IS NOT NULL
    UNION ALL
    SELECT DISTINCT c.oid::text, c.collname::text, pg_collation_actual_version(c.oid)
    FROM pg_collation c
    WHERE pg_collation_actual_version(c.oid) IS NOT NULL AND (
      EXISTS (SELECT FROM pg_index i WHERE c.oid = ANY (i.indcollation::oid[]))
      OR EXISTS (SELECT FROM pg_partitioned_table p WHERE c.oid = ANY (p.partcollation::oid[]))
      OR EXISTS (SELECT FROM pg_depend p JOIN pg_index i ON i.indexrelid = p.objid
                 WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_collation'::regclass AND p.refobjid = c.oid))
    ORDER BY 1`,
  row: z.tuple([shortText, shortText, shortText]).transform(([oid, name, version]) => ({ oid, name, version })),
};

const Dependent = z
  .tuple([z.enum(['index', 'partitions']), hexName, hexName])
  .transform(([kind, schema, name]) => ({ kind, schema, name }));

/** What is sorted by one of these on disk; `0` among them: by the database's own, which expressions name nowhere. */
function dependents(oids: readonly string[]): Question<z.infer<typeof Dependent>> {
  const list = oids.map((oid) => (oid === '0' ? '100' : oid)).join(',');
  const isDefault = oids.includes('0') ? 'true' : 'false';
  return {
    sql: `
      SELECT 'index', encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex')
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'i' AND (
        i.indcollation::oid[] && ARRAY[${list}]::oid[]
        OR (${isDefault} AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
        OR EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_class'::regclass AND p.objid = c.oid
                   AND p.refclassid = 'pg_collation'::regclass AND p.refobjid = ANY (ARRAY[${list}]::oid[])))
      UNION ALL
      SELECT 'partitions', encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex')
      FROM pg_partitioned_table t JOIN pg_class c ON c.oid = t.partrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE t.partstrat = 'r' AND t.partcollation::oid[] && ARRAY[${list}]::oid[]
      ORDER BY 1, 2, 3`,
    row: Dependent,
  };
}

/**
 * Rebuilds every index of this database whose order depends on a collation that sorts otherwise here than on the source, and
 * tells of each. Nobody may be let in before.
 */
export async function rebuildDependentIndexes(
  session: Session,
  report: Pick<Report, 'finding' | 'log'>,
  database: string,
  onSource: readonly UsedCollation[],
): Promise<void> {
  const here = new Map((await session.ask(USED_COLLATIONS)).map((one) => [one.oid, one]));
  const changed = onSource.filter(({ oid, version }) => here.get(oid)?.version !== version);
  if (changed.length === 0) return;
  const names = changed.map(
    ({ name, version, oid }) => `${name} (${version} there, ${here.get(oid)?.version ?? 'none'} here)`,
  );
  report.log(
    `Database ${database}: text is sorted otherwise here by ${names.join(', ')}; rebuilding what depends on it`,
  );
  for (const { kind, schema, name } of await session.ask(dependents(changed.map(({ oid }) => oid)))) {
    const object = writeNames(schema, name);
    const about = { database, object, remedy: null };
    if (kind === 'partitions') {
      report.finding({
        ...about,
        code: 'MEANING_MAY_CHANGE',
        severity: 'WARNING',
        message: `rows of this table lie in partitions by ranges of text, which another version of a collation may order otherwise: ${names.join(', ')}`,
        remedy: 'Compare rows with the bounds of their partitions, and move those that lie elsewhere now.',
      });
    } else await rebuild(session, report, about, schema, name, names);
  }
  if (changed.some(({ oid }) => oid === '0')) await refreshDatabase(session);
  for (const { oid } of changed.filter(({ oid }) => oid !== '0')) await refreshCollation(session, oid);
}

async function rebuild(
  session: Session,
  report: Pick<Report, 'finding'>,
  about: { readonly database: string; readonly object: string; readonly remedy: null },
  schema: RawName,
  name: RawName,
  names: readonly string[],
): Promise<void> {
  const index = qualified(schema, name);
  const refusal = await reindex(session, index);
  if (refusal === null) {
    report.finding({
      ...about,
      code: 'INDEX_REBUILT',
      severity: 'INFO',
      message: `the index was built anew, since text is sorted otherwise here: ${names.join(', ')}`,
    });
    return;
  }
  // An order that is wrong gives wrong answers: it is not used.
  await session.run(
    sql`UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = to_regclass(${literalOf(index)})`,
  );
  report.finding({
    ...about,
    code: 'INDEX_LEFT_OUT',
    severity: 'WARNING',
    message: `the index depends on how text is sorted, which is otherwise here, and cannot be built anew: ${refusal.words}`,
    remedy: null,
  });
}

/**
 * With the names of PostgreSQL alone; where that is refused, as functions of it look up what they call: by the search_path of
 * the database and its server. Gives the first refusal where none of them helps.
 */
async function reindex(session: Session, index: Buffer): Promise<ServerError | null> {
  const attempt = async (statement: Buffer) => {
    try {
      await session.run(statement, null);
      return null;
    } catch (error) {
      if (error instanceof ServerError) return error;
      throw error;
    }
  };
  const refusal = await attempt(sql`REINDEX INDEX ${index}`);
  if (refusal === null) return null;
  for (const path of await readSearchPaths(session)) {
    const refused =
      (await attempt(sql`SELECT pg_catalog.set_config('search_path', ${quoteLiteral(path)}, false)`)) ??
      (await attempt(sql`REINDEX INDEX ${index}`));
    await session.run(`SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)`);
    if (refused === null) return null;
  }
  return refusal;
}

const DEFAULT_PATH = Buffer.from('"$user", public');

/** What sessions of this database look names up by, the likeliest first. */
async function readSearchPaths(session: Session): Promise<readonly Buffer[]> {
  const found = await session.ask({
    sql: `
      SELECT encode(textsend(path), 'hex') FROM (
        SELECT 1, substr(setting, 13) FROM pg_db_role_setting, unnest(setconfig) setting
        WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND setting LIKE 'search\\_path=%'
        UNION ALL (SELECT 2, setting FROM pg_file_settings WHERE lower(name) = 'search_path' ORDER BY seqno DESC LIMIT 1)
      ) AS paths (place, path) ORDER BY place`,
    row: z.tuple([hexName]),
  });
  return [...found.map(([path]) => path.bytes), DEFAULT_PATH];
}

function literalOf(name: Buffer): Buffer {
  return Buffer.from(`'${name.toString('latin1').replaceAll("'", "''")}'`, 'latin1');
}

async function refreshDatabase(session: Session): Promise<void> {
  const [row] = await session.ask({
    sql: `SELECT encode(textsend(current_database()::text), 'hex')`,
    row: z.tuple([hexName]),
  });
  if (row !== undefined) await session.run(sql`ALTER DATABASE ${qualified(row[0])} REFRESH COLLATION VERSION`);
}

async function refreshCollation(session: Session, oid: string): Promise<void> {
  const [row] = await session.ask({
    sql: `SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.collname::text), 'hex')
          FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = ${oid}`,
    row: z.tuple([hexName, hexName]),
  });
  if (row !== undefined) await session.run(sql`ALTER COLLATION ${qualified(row[0], row[1])} REFRESH VERSION`);
}
