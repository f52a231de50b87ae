import type { FactQuery } from './fact-query.ts';

const acl = (column: string) => `(SELECT array_agg(a::text ORDER BY a::text) FROM unnest(${column}) a)`;
/** Rights that nobody spoke of are those that the owner has by default, spelled out or not. */
const rights = (column: string, kind: string, owner: string) =>
  acl(`coalesce(${column}, acldefault(${kind}, ${owner}))`);
/** Options and grants are sets. */
const sorted = (column: string) => `(SELECT array_agg(o ORDER BY o) FROM unnest(${column}) o)`;
const ownSchema = `n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`;
const own = (column: string) => `${column} >= 16384`;
/** Names that are made of oids differ between any two servers. */
const NAMED_BY_OID = `'(_ConstraintTrigger_|pg_toast)'`;

/** A foreign key has one more of itself for each partition that it refers to: no statement names them. */
const OF_REFERENCED = `EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)`;

/** What one database holds besides rows. */
export const DATABASE_FACTS: readonly FactQuery[] = [
  {
    topic: 'object',
    sql: `SELECT DISTINCT i.type || ' ' || i.identity, '' FROM (
            SELECT classid, objid FROM pg_depend WHERE objid >= 16384 AND objsubid = 0
            UNION SELECT 'pg_class'::regclass, oid FROM pg_class WHERE oid >= 16384
            UNION SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE oid >= 16384) o,
            pg_identify_object(o.classid, o.objid, 0) i
          WHERE NOT (o.classid = 'pg_operator'::regclass AND EXISTS (SELECT FROM pg_operator p WHERE p.oid = o.objid AND p.oprcode = 0))
            AND NOT (o.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint c WHERE c.oid = o.objid AND ${OF_REFERENCED}))
            AND i.identity !~ ${NAMED_BY_OID} AND i.type NOT LIKE 'toast%' AND i.identity NOT LIKE 'pg_temp%'`,
  },
  {
    topic: 'comment',
    sql: `SELECT i.type || ' ' || i.identity, d.description FROM pg_description d,
            pg_identify_object(d.classoid, d.objoid, d.objsubid) i
          WHERE i.identity IS NOT NULL AND (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass) AND d.classoid <> 'pg_largeobject'::regclass`,
  },
  {
    topic: 'schema',
    sql: `SELECT n.nspname, jsonb_build_object('owner', pg_get_userbyid(n.nspowner), 'acl', ${rights('n.nspacl', `'n'`, 'n.nspowner')})::text
          FROM pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)'`,
  },
  {
    topic: 'relation',
    sql: `SELECT format('%I.%I', n.nspname, c.relname), jsonb_build_object('kind', c.relkind, 'owner', pg_get_userbyid(c.relowner),
            'acl', ${rights('c.relacl', `(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char"`, 'c.relowner')}, 'persistence', c.relpersistence, 'options', c.reloptions,
            'security', array[c.relrowsecurity, c.relforcerowsecurity], 'identity', c.relreplident,
            'populated', c.relispopulated, 'method', am.amname, 'view', pg_get_viewdef(c.oid),
            'key', pg_get_partkeydef(c.oid), 'bound', pg_get_expr(c.relpartbound, c.oid))::text
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c', 'i', 'I') AND ${ownSchema}`,
  },
  // 17.11 and its like stamp columns with a version of their own, which dumps leave out.
  {
    topic: 'column',
    sql: `SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname), jsonb_build_object(
            'type', format_type(a.atttypid, a.atttypmod), 'required', a.attnotnull, 'identity', a.attidentity,
            'generated', a.attgenerated, 'default', pg_get_expr(d.adbin, d.adrelid), 'collation', co.collname,
            'acl', ${acl('a.attacl')}, 'storage', a.attstorage, 'compression', a.attcompression,
            'options', (SELECT array_agg(o) FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg_attver=%'),
            'statistics', a.attstattarget, 'inherited', a.attinhcount, 'local', a.attislocal, 'foreign', ${sorted('a.attfdwoptions')})::text
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          LEFT JOIN pg_collation co ON co.oid = a.attcollation
          WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${ownSchema}`,
  },
  {
    topic: 'toast option',
    sql: `SELECT format('%I.%I', n.nspname, c.relname), t.reloptions::text FROM pg_class t JOIN pg_class c ON c.reltoastrelid = t.oid
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.reloptions IS NOT NULL`,
  },
  {
    topic: 'statistics of an index',
    sql: `SELECT format('%I.%I.%s', n.nspname, c.relname, a.attnum), a.attstattarget::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I') AND a.attstattarget >= 0 AND ${own('c.oid')}`,
  },
  {
    topic: 'typed table',
    sql: `SELECT oid::regclass::text, reloftype::regtype::text FROM pg_class WHERE reloftype <> 0`,
  },
  {
    topic: 'parent',
    sql: `SELECT format('%s of %s', inhrelid::regclass, inhparent::regclass), inhseqno::text FROM pg_inherits`,
  },
  {
    topic: 'constraint',
    sql: `SELECT format('%s on %s%s', conname, conrelid::regclass, contypid::regtype), jsonb_build_object('is', pg_get_constraintdef(oid),
            'valid', convalidated, 'local', conislocal)::text FROM pg_constraint c WHERE ${own('oid')} AND conname !~ ${NAMED_BY_OID} AND NOT ${OF_REFERENCED}`,
  },
  {
    topic: 'index',
    sql: `SELECT indexrelid::regclass::text, jsonb_build_object('is', pg_get_indexdef(indexrelid), 'clustered', indisclustered,
            'identity', indisreplident, 'valid', indisvalid)::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own('i.indexrelid')} AND ${ownSchema}`,
  },
  {
    topic: 'trigger',
    sql: `SELECT format('%s on %s', tgname, tgrelid::regclass), jsonb_build_object('is', pg_get_triggerdef(oid), 'enabled', tgenabled, 'of', tgparentid <> 0)::text
          FROM pg_trigger WHERE tgname !~ ${NAMED_BY_OID}`,
  },
  {
    topic: 'trigger of a constraint that is not as it is made',
    sql: `SELECT format('%s of %s on %s, %s', p.proname, o.conname, o.conrelid::regclass, t.tgrelid::regclass), t.tgenabled::text
          FROM pg_trigger t JOIN pg_constraint o ON o.oid = t.tgconstraint JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgisinternal AND t.tgenabled <> 'O'`,
  },
  {
    topic: 'rule',
    sql: `SELECT format('%s on %s', rulename, ev_class::regclass), jsonb_build_object('is', pg_get_ruledef(oid), 'enabled', ev_enabled)::text
          FROM pg_rewrite WHERE ${own('oid')}`,
  },
  {
    topic: 'function',
    sql: `SELECT p.oid::regprocedure::text, jsonb_build_object('owner', pg_get_userbyid(p.proowner), 'acl', ${rights('p.proacl', `'f'`, 'p.proowner')},
            'is', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE (SELECT ((to_jsonb(g) - '{aggfnoid,aggsortop,aggtranstype,aggmtranstype}'::text[])
                    || jsonb_build_object('state', aggtranstype::regtype, 'moving', aggmtranstype::regtype))::text
                  FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END)::text
          FROM pg_proc p WHERE ${own('p.oid')}`,
  },
  {
    topic: 'type',
    sql: `SELECT format_type(t.oid, NULL), jsonb_build_object('owner', pg_get_userbyid(t.typowner), 'acl', ${rights('t.typacl', `'T'`, 't.typowner')}, 'kind', t.typtype,
            'base', t.typbasetype::regtype::text, 'required', t.typnotnull, 'default', t.typdefault,
            'labels', (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
            'range', (SELECT rngsubtype::regtype::text FROM pg_range WHERE rngtypid = t.oid))::text
          FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${own('t.oid')} AND ${ownSchema}`,
  },
  {
    topic: 'look of a type',
    sql: `SELECT format_type(t.oid, NULL), (to_jsonb(t) - '{oid,typnamespace,typowner,typacl,typrelid,typelem,typarray,typbasetype,typcollation,typdefaultbin,typdefault}'::text[]
            || jsonb_build_object('element', typelem::regtype, 'collation', typcollation::regcollation))::text
          FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${own('t.oid')} AND ${ownSchema}`,
  },
  {
    topic: 'look of a range',
    sql: `SELECT rngtypid::regtype::text, jsonb_build_object('multi', rngmultitypid::regtype, 'collation', rngcollation::regcollation, 'canonical', rngcanonical,
            'difference', rngsubdiff, 'class', (SELECT opcnamespace::regnamespace || '.' || opcname FROM pg_opclass o WHERE o.oid = rngsubopc))::text
          FROM pg_range WHERE ${own('rngtypid')}`,
  },
  {
    topic: 'cast',
    sql: `SELECT format('%s as %s', castsource::regtype, casttarget::regtype), jsonb_build_object('by', castfunc::regprocedure, 'when', castcontext, 'how', castmethod)::text
          FROM pg_cast WHERE ${own('oid')}`,
  },
  {
    topic: 'transform',
    sql: `SELECT format('%s for %s', trftype::regtype, l.lanname), format('%s %s', trffromsql::regprocedure, trftosql::regprocedure)
          FROM pg_transform t JOIN pg_language l ON l.oid = trflang`,
  },
  {
    topic: 'operator',
    sql: `SELECT o.oid::regoperator::text, jsonb_build_object('owner', pg_get_userbyid(oprowner), 'by', oprcode::regprocedure, 'hashes', oprcanhash, 'merges', oprcanmerge,
            'commutator', oprcom::regoperator, 'negator', oprnegate::regoperator, 'restrict', oprrest::regprocedure, 'join', oprjoin::regprocedure)::text
          FROM pg_operator o WHERE ${own('o.oid')} AND oprcode <> 0`,
  },
  {
    topic: 'operator class',
    sql: `SELECT format('%s.%s of %s', opcnamespace::regnamespace, opcname, amname), jsonb_build_object('owner', pg_get_userbyid(opcowner), 'default', opcdefault,
            'for', opcintype::regtype, 'keeps', opckeytype::regtype)::text FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod WHERE ${own('o.oid')}`,
  },
  {
    topic: 'operator family',
    sql: `SELECT format('%s.%s of %s', opfnamespace::regnamespace, opfname, amname), jsonb_build_object('owner', pg_get_userbyid(opfowner),
            'operators', (SELECT array_agg(format('%s %s', amopstrategy, amopopr::regoperator) ORDER BY amopstrategy, amopopr::regoperator::text) FROM pg_amop WHERE amopfamily = f.oid),
            'functions', (SELECT array_agg(format('%s %s (%s, %s)', amprocnum, amproc::regprocedure, amproclefttype::regtype, amprocrighttype::regtype)
              ORDER BY amprocnum, amproc::regprocedure::text, amproclefttype::regtype::text, amprocrighttype::regtype::text) FROM pg_amproc WHERE amprocfamily = f.oid))::text
          FROM pg_opfamily f JOIN pg_am a ON a.oid = opfmethod
          WHERE ${own('f.oid')} OR f.oid IN (SELECT amopfamily FROM pg_amop o WHERE ${own('o.oid')} UNION SELECT amprocfamily FROM pg_amproc o WHERE ${own('o.oid')})`,
  },
  {
    topic: 'language',
    sql: `SELECT lanname, jsonb_build_object('owner', pg_get_userbyid(lanowner), 'trusted', lanpltrusted, 'handler', lanplcallfoid::regprocedure,
            'inline', laninline::regprocedure, 'validator', lanvalidator::regprocedure, 'acl', ${rights('lanacl', `'l'`, 'lanowner')})::text FROM pg_language`,
  },
  { topic: 'access method', sql: `SELECT amname, format('%s %s', amtype, amhandler::regprocedure) FROM pg_am` },
  {
    topic: 'conversion',
    sql: `SELECT format('%s.%s', connamespace::regnamespace, conname), (to_jsonb(c) - '{oid,connamespace,conowner}'::text[] || jsonb_build_object('owner', pg_get_userbyid(conowner)))::text
          FROM pg_conversion c WHERE ${own('oid')}`,
  },
  {
    topic: 'text search parser',
    sql: `SELECT format('%s.%s', prsnamespace::regnamespace, prsname), (to_jsonb(p) - '{oid,prsnamespace}'::text[])::text FROM pg_ts_parser p WHERE ${own('oid')}`,
  },
  {
    topic: 'text search template',
    sql: `SELECT format('%s.%s', tmplnamespace::regnamespace, tmplname), (to_jsonb(p) - '{oid,tmplnamespace}'::text[])::text FROM pg_ts_template p WHERE ${own('oid')}`,
  },
  {
    topic: 'text search dictionary',
    sql: `SELECT oid::regdictionary::text, jsonb_build_object('owner', pg_get_userbyid(dictowner), 'options', dictinitoption,
            'template', (SELECT tmplnamespace::regnamespace || '.' || tmplname FROM pg_ts_template t WHERE t.oid = dicttemplate))::text FROM pg_ts_dict`,
  },
  {
    topic: 'text search configuration',
    sql: `SELECT c.oid::regconfig::text, jsonb_build_object('owner', pg_get_userbyid(cfgowner), 'parser', (SELECT prsnamespace::regnamespace || '.' || prsname FROM pg_ts_parser p WHERE p.oid = cfgparser),
            'maps', (SELECT array_agg(format('%s %s %s', maptokentype, mapseqno, mapdict::regdictionary) ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg = c.oid))::text
          FROM pg_ts_config c`,
  },
  {
    topic: 'foreign data wrapper',
    sql: `SELECT fdwname, jsonb_build_object('owner', pg_get_userbyid(fdwowner), 'acl', ${rights('fdwacl', `'F'`, 'fdwowner')}, 'options', ${sorted('fdwoptions')},
            'handler', fdwhandler::regprocedure, 'validator', fdwvalidator::regprocedure)::text FROM pg_foreign_data_wrapper`,
  },
  {
    topic: 'member of an extension',
    sql: `SELECT format('%s: %s', e.extname, pg_describe_object(d.classid, d.objid, d.objsubid)), d.deptype::text
          FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype IN ('e', 'x')`,
  },
  {
    // What the system has by itself is granted in the making, which pg_init_privs remembers.
    topic: 'grant on what is not of users',
    sql: `SELECT pg_describe_object(s.classoid, s.objoid, s.objsubid), ${acl('s.acl')}::text FROM (
            SELECT 'pg_class'::regclass AS classoid, oid AS objoid, 0 AS objsubid, relacl AS acl FROM pg_class WHERE oid < 16384
            UNION ALL SELECT 'pg_class'::regclass, attrelid, attnum, attacl FROM pg_attribute WHERE attrelid < 16384
            UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proacl FROM pg_proc WHERE oid < 16384
            UNION ALL SELECT 'pg_type'::regclass, oid, 0, typacl FROM pg_type WHERE oid < 16384) s WHERE s.acl IS NOT NULL`,
  },
  {
    topic: 'sequence',
    sql: `SELECT seqrelid::regclass::text, jsonb_build_object('is', to_jsonb(s) - 'seqrelid', 'last', pg_sequence_last_value(seqrelid),
            'of', (SELECT array_agg(pg_describe_object(refclassid, refobjid, refobjsubid) ORDER BY deptype) FROM pg_depend
                   WHERE classid = 'pg_class'::regclass AND objid = seqrelid AND deptype IN ('a', 'i')))::text FROM pg_sequence s`,
  },
  {
    topic: 'extension',
    sql: `SELECT extname, jsonb_build_object('version', extversion, 'schema', extnamespace::regnamespace::text,
            'configuration', (SELECT array_agg(c::regclass::text ORDER BY c::regclass::text) FROM unnest(extconfig) c))::text FROM pg_extension`,
  },
  {
    topic: 'policy',
    sql: `SELECT format('%s on %s', polname, polrelid::regclass), jsonb_build_object('for', polcmd, 'permissive', polpermissive,
            'to', (SELECT array_agg(pg_get_userbyid(r) ORDER BY pg_get_userbyid(r)) FROM unnest(polroles) r), 'using', pg_get_expr(polqual, polrelid),
            'check', pg_get_expr(polwithcheck, polrelid))::text FROM pg_policy`,
  },
  {
    topic: 'default privilege',
    sql: `SELECT format('%s in %s for %s', pg_get_userbyid(defaclrole), defaclnamespace::regnamespace, defaclobjtype),
            ${acl('defaclacl')}::text FROM pg_default_acl`,
  },
  {
    topic: 'event trigger',
    sql: `SELECT evtname, jsonb_build_object('event', evtevent, 'owner', pg_get_userbyid(evtowner), 'calls', evtfoid::regproc::text,
            'enabled', evtenabled, 'tags', evttags)::text FROM pg_event_trigger`,
  },
  {
    topic: 'publication',
    sql: `SELECT p.pubname, ((to_jsonb(p) - '{oid,pubowner}'::text[]) || jsonb_build_object('owner', pg_get_userbyid(p.pubowner),
            'tables', (SELECT array_agg(format('%s %s %s', prrelid::regclass, pg_get_expr(prqual, prrelid), prattrs) ORDER BY prrelid::regclass::text)
                       FROM pg_publication_rel WHERE prpubid = p.oid),
            'schemas', (SELECT array_agg(pnnspid::regnamespace::text ORDER BY pnnspid::regnamespace::text) FROM pg_publication_namespace WHERE pnpubid = p.oid)))::text
          FROM pg_publication p`,
  },
  {
    // A copy must not take the original's place at the publisher: whether it is enabled is no part of being equal.
    topic: 'subscription',
    sql: `SELECT subname, jsonb_build_object('owner', pg_get_userbyid(subowner), 'to', subconninfo, 'slot', subslotname,
            'publications', subpublications, 'options', to_jsonb(s) - '{oid,subdbid,subowner,subenabled,subskiplsn}'::text[])::text FROM pg_subscription s
          WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  },
  {
    topic: 'foreign server',
    sql: `SELECT s.srvname, jsonb_build_object('wrapper', w.fdwname, 'owner', pg_get_userbyid(s.srvowner), 'acl', ${rights('s.srvacl', `'S'`, 's.srvowner')},
            'options', ${sorted('s.srvoptions')}, 'users', (SELECT array_agg(format('%s %s', usename, ${sorted('umoptions')}) ORDER BY usename) FROM pg_user_mappings m
            WHERE m.srvid = s.oid))::text FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw`,
  },
  { topic: 'foreign table', sql: `SELECT ftrelid::regclass::text, ${sorted('ftoptions')}::text FROM pg_foreign_table` },
  {
    // One that is for every encoding comes back for the one of its database.
    topic: 'collation',
    sql: `SELECT format('%s.%s', collnamespace::regnamespace, collname), (to_jsonb(c) - '{oid,collnamespace,collowner,collversion,collencoding}'::text[])::text
          FROM pg_collation c WHERE ${own('oid')}`,
  },
  {
    topic: 'statistics',
    sql: `SELECT format('%s.%s', stxnamespace::regnamespace, stxname), format('%s %s %s', pg_get_statisticsobjdef(oid), pg_get_userbyid(stxowner), stxstattarget) FROM pg_statistic_ext`,
  },
  {
    topic: 'large object',
    sql: `SELECT m.oid::text, jsonb_build_object('owner', pg_get_userbyid(m.lomowner), 'acl', ${rights('m.lomacl', `'L'`, 'm.lomowner')}, 'content', md5(lo_get(m.oid)),
            'comment', obj_description(m.oid, 'pg_largeobject'))::text FROM pg_largeobject_metadata m`,
  },
];
