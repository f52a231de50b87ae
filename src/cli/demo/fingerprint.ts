import { createHash } from 'node:crypto';
import pg from 'pg';
import { onDatabase } from './sample-data.ts';

/** What a server holds: a digest of the whole and of each part by its name, and the counts behind it. */
export interface Fingerprint {
  readonly digest: string;
  readonly parts: ReadonlyMap<string, string>;
  readonly databases: number;
  readonly tables: number;
  readonly rows: number;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Each role with its verifier, memberships and settings. */
const ROLES = `
  SELECT a.rolname, a.rolsuper, a.rolinherit, a.rolcreaterole, a.rolcreatedb, a.rolcanlogin, a.rolpassword,
    (SELECT array_agg(g.rolname::text ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid) AS member_of,
    (SELECT array_agg(setconfig::text ORDER BY setconfig::text) FROM pg_db_role_setting WHERE setrole = a.oid) AS settings
  FROM pg_authid a WHERE a.rolname !~ '^pg_' ORDER BY a.rolname`;

const DATABASES = `
  SELECT datname, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) AS rights
  FROM pg_database WHERE datname <> 'template0' ORDER BY datname`;

/** Every relation with its shape, owner, rights and comment, but for what belongs to an extension. */
const RELATIONS = `
  SELECT n.nspname, c.relname, c.relkind::text, pg_get_userbyid(c.relowner) AS owner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(c.relacl) a) AS rights, obj_description(c.oid, 'pg_class') AS comment,
    (SELECT json_agg(json_build_array(attname, format_type(atttypid, atttypmod), attnotnull) ORDER BY attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
    CASE WHEN c.relkind = 'i' THEN pg_get_indexdef(c.oid) WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
  ORDER BY n.nspname, c.relname`;

const LARGE_OBJECTS = 'SELECT oid::text, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY oid';

interface Relation {
  readonly nspname: string;
  readonly relname: string;
  readonly relkind: string;
}

/** Count and an order-free digest over all rows, computed by the server. */
async function digestRows(client: pg.Client, relation: Relation): Promise<{ count: number; digest: string }> {
  const name = `${client.escapeIdentifier(relation.nspname)}.${client.escapeIdentifier(relation.relname)}`;
  const { rows } = await client.query<{ count: number; digest: string }>(
    `SELECT count(*)::int AS count, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS digest FROM ${name} t`,
  );
  return rows[0] ?? { count: 0, digest: '' };
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Reads the whole server: roles, databases, relations, every row and large object. Two equal servers have one digest. */
export async function fingerprintServer(connectionString: string): Promise<Fingerprint> {
  const parts = new Map<string, string>();
  const add = (part: string, value: unknown) => parts.set(part, digestOf(JSON.stringify(value)));
  let tables = 0;
  let rows = 0;
  const names = await withClient(connectionString, async (client) => {
    add('roles', (await client.query(ROLES)).rows);
    const databases = (await client.query<{ datname: string }>(DATABASES)).rows;
    add('databases', databases);
    return databases.map((database) => database.datname);
  });
  for (const name of names) {
    await withClient(onDatabase(connectionString, name), async (client) => {
      const relations = (await client.query<Relation>(RELATIONS)).rows;
      for (const relation of relations) add(`shape of ${name}: ${relation.nspname}.${relation.relname}`, relation);
      add(`large objects of ${name}`, (await client.query(LARGE_OBJECTS)).rows);
      for (const relation of relations.filter(({ relkind }) => relkind === 'r' || relkind === 'm')) {
        const content = await digestRows(client, relation);
        add(`rows of ${name}: ${relation.nspname}.${relation.relname}`, content);
        tables += 1;
        rows += content.count;
      }
    });
  }
  return { digest: digestOf(JSON.stringify([...parts])), parts, databases: names.length, tables, rows };
}

/** The names of the parts that are not the same in both, at most ten. */
export function listDifferences(a: Fingerprint, b: Fingerprint): readonly string[] {
  const names = [...new Set([...a.parts.keys(), ...b.parts.keys()])];
  return names.filter((name) => a.parts.get(name) !== b.parts.get(name)).slice(0, 10);
}
