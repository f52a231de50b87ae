import type { FactQuery } from './fact-query.ts';

/** What the databases of one cluster share. Grants are sorted: their order in the catalogue means nothing. */
export const CLUSTER_FACTS: readonly FactQuery[] = [
  {
    topic: 'database',
    sql: `SELECT d.datname, jsonb_build_object('owner', r.rolname, 'encoding', pg_encoding_to_char(d.encoding),
            'collate', d.datcollate, 'ctype', d.datctype, 'provider', d.datlocprovider,
            'locale', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'), 'rules', to_jsonb(d)->>'daticurules',
            'template', d.datistemplate, 'connections', d.datallowconn, 'limit', d.datconnlimit,
            'acl', (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(coalesce(d.datacl, acldefault('d', d.datdba))) a),
            'comment', shobj_description(d.oid, 'pg_database'))::text
          FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname <> 'template0'`,
  },
  {
    topic: 'setting of role or database',
    sql: `SELECT format('%s in %s', coalesce(r.rolname, '(all)'), coalesce(d.datname, '(all)')), s.setconfig::text
          FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
          LEFT JOIN pg_database d ON d.oid = s.setdatabase`,
  },
  {
    topic: 'role',
    sql: `SELECT a.rolname, ((to_jsonb(a) - 'oid') || jsonb_build_object('comment', shobj_description(a.oid, 'pg_authid')))::text
          FROM pg_authid a`,
  },
  {
    topic: 'membership',
    sql: `SELECT format('%s of %s by %s', m.rolname, g.rolname, b.rolname),
            (to_jsonb(x) - '{oid,roleid,member,grantor}'::text[])::text
          FROM pg_auth_members x JOIN pg_roles m ON m.oid = x.member JOIN pg_roles g ON g.oid = x.roleid
          JOIN pg_roles b ON b.oid = x.grantor`,
  },
  {
    topic: 'grant on a parameter',
    sql: `SELECT parname, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(paracl) a)::text FROM pg_parameter_acl`,
  },
  {
    topic: 'ALTER SYSTEM setting',
    sql: `SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%/postgresql.auto.conf'`,
  },
  {
    topic: 'way the cluster was made',
    sql: `SELECT name, setting FROM pg_settings WHERE name IN ('data_checksums', 'server_encoding', 'lc_monetary', 'lc_numeric',
          'lc_time', 'default_text_search_config')`,
  },
];
