import { GONE, GONE_FINDS, SPOIL_GONE } from '../gone-library.ts';
import type { HeldCase } from '../held-case.ts';

/** Tables, with what their rows must be like. */
export const TABLES: readonly HeldCase[] = [
  {
    row: 'pg_class, pg_attribute, pg_inherits, pg_partitioned_table, pg_sequence',
    make: `CREATE TABLE p (id int GENERATED ALWAYS AS IDENTITY, v text COLLATE "C" DEFAULT 'x', w numeric(7,2)) PARTITION BY RANGE (id);
      CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); INSERT INTO p (v, w) VALUES ('a', 1.5), (E'b\\t\\\\n', NULL);
      CREATE UNLOGGED TABLE u AS SELECT 7 AS seven; CREATE TYPE t AS (a int, b text); CREATE TABLE typed OF t; INSERT INTO typed VALUES (1, 'c');
      ALTER TABLE p1 ALTER v SET STATISTICS 77; ALTER TABLE p1 ALTER v SET STORAGE EXTERNAL; CREATE SEQUENCE s START 5 INCREMENT 3; SELECT nextval('s')`,
    check: `SELECT (SELECT string_agg(p::text, ';' ORDER BY p::text) FROM p) AS rows, (SELECT count(*)::int FROM u) AS fleeting, (SELECT typed::text FROM typed) AS typed,
      (SELECT attstattarget || ' ' || attstorage::text FROM pg_attribute WHERE attrelid = 'p1'::regclass AND attname = 'v') AS column, (SELECT last_value || ' ' || is_called FROM s) AS place`,
    becomesPhysical: [
      { rows: '(1,a,1.50);(2,"b\t\\\\n",)', fleeting: 0, typed: '(1,c)', column: '77 e', place: '5 true' },
    ],
    physical: ['WARNING UNLOGGED_TABLE_EMPTY public.u'],
  },
  {
    row: 'pg_class, pg_attribute, pg_inherits, pg_partitioned_table, pg_sequence',
    make: `DO $do$ BEGIN
        EXECUTE 'CREATE TABLE wide (id int)'; INSERT INTO wide VALUES (1);
        FOR part IN 0..10 LOOP
          EXECUTE 'ALTER TABLE wide ' || (SELECT string_agg(format('ADD c_%s timestamptz DEFAULT ''2020-01-01''', i), ', ') FROM generate_series(part * 100, part * 100 + 99) i);
        END LOOP; END $do$`,
    check: `SELECT count(*)::int AS rows FROM wide`,
    becomes: [{ rows: 0 }],
    logical: ['CRITICAL ROWS_NOT_LOADABLE public.wide'],
  },
  {
    row: 'columns of xid, xid8, pg_snapshot, txid_snapshot and pg_lsn',
    make: `CREATE TABLE outbox (id int, seen xid8, at pg_lsn) PARTITION BY LIST (id); CREATE TABLE outbox_1 PARTITION OF outbox FOR VALUES IN (1); INSERT INTO outbox VALUES (1, '700', '0/1A2B'), (1, NULL, 'FF/FF');
      CREATE DOMAIN upto AS txid_snapshot; CREATE TYPE read AS (a int, by upto[]); CREATE TABLE "read it" (what read, gone xid8); INSERT INTO "read it" VALUES (ROW(1, ARRAY['5:9:6']::upto[]), '1'); ALTER TABLE "read it" DROP gone;
      CREATE TABLE plain (a oid, b int8); CREATE VIEW beside AS SELECT seen FROM outbox`,
    check: `SELECT (SELECT string_agg(o::text, ';' ORDER BY o::text) FROM outbox o) AS outbox, (SELECT what::text FROM "read it") AS what`,
    logical: ['INFO MEANING_MAY_CHANGE public."read it"', 'INFO MEANING_MAY_CHANGE public.outbox'],
  },
  {
    row: 'pg_attribute.attnotnull',
    make: `CREATE TABLE up (w int NOT NULL); CREATE TABLE down () INHERITS (up); ALTER TABLE down ALTER w DROP NOT NULL; INSERT INTO down VALUES (NULL)`,
    check: `SELECT attrelid::regclass::text AS table, attnotnull, (SELECT count(*)::int FROM down) AS rows FROM pg_attribute WHERE attname = 'w' ORDER BY 1`,
  },
  {
    row: 'pg_attrdef',
    make: `CREATE TABLE t (a int DEFAULT 1 + 1, b text DEFAULT current_user, c int GENERATED ALWAYS AS (a * 2) STORED); INSERT INTO t (a) VALUES (4)`,
    check: `SELECT pg_get_expr(adbin, adrelid) AS is, (SELECT c FROM t) AS c FROM pg_attrdef ORDER BY adnum`,
  },
  {
    row: 'pg_attrdef',
    make: `CREATE EXTENSION citext; CREATE TABLE t (a text, b bool GENERATED ALWAYS AS (a::citext IS DISTINCT FROM 'X'::citext) STORED); INSERT INTO t VALUES ('x')`,
    check: `SELECT * FROM t`,
    logical: ['INFO MEANING_MAY_CHANGE public.t'],
  },
  {
    row: 'pg_constraint',
    make: `CREATE TABLE k (id int PRIMARY KEY, u text UNIQUE NULLS NOT DISTINCT, CHECK (id > 0), EXCLUDE (u WITH =)); CREATE TABLE f (k int REFERENCES k DEFERRABLE INITIALLY DEFERRED, n int CHECK (n > 0) NO INHERIT);
      CREATE DOMAIN d AS int CONSTRAINT small CHECK (VALUE < 10); ALTER TABLE f ADD CONSTRAINT later CHECK (n < 100) NOT VALID`,
    check: `SELECT conname, pg_get_constraintdef(oid) AS is, convalidated FROM pg_constraint WHERE oid >= 16384 ORDER BY 1`,
  },
  {
    row: 'pg_constraint',
    make: `CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE f (k int CONSTRAINT f_k REFERENCES k);
      SET session_replication_role = replica; INSERT INTO f VALUES (1); RESET session_replication_role;
      CREATE TABLE twice (id int CONSTRAINT twice_key PRIMARY KEY); UPDATE pg_index SET indisready = false WHERE indexrelid = 'twice_key'::regclass;
      INSERT INTO twice VALUES (1), (1); UPDATE pg_index SET indisready = true WHERE indexrelid = 'twice_key'::regclass;
      ${GONE} CREATE TABLE c (id int); ALTER TABLE c ADD CONSTRAINT c_gone CHECK (gone() IS NOT NULL) NOT VALID; INSERT INTO c SELECT FROM generate_series(1, 0); ${SPOIL_GONE}`,
    check: `SELECT conname, convalidated, (SELECT count(*)::int FROM f) AS orphans, (SELECT count(*)::int FROM twice) AS twins FROM pg_constraint WHERE oid >= 16384 ORDER BY 1`,
    becomes: [
      { conname: 'f_k', convalidated: false, orphans: 1, twins: 2 },
      { conname: 'k_pkey', convalidated: true, orphans: 1, twins: 2 },
    ],
    beside: GONE_FINDS,
    logical: [
      'WARNING CONSTRAINT_LEFT_OUT c_gone on public.c',
      'WARNING CONSTRAINT_NOT_VALID f_k on public.f',
      'WARNING INDEX_LEFT_OUT twice_key on public.twice',
    ],
  },
  {
    row: 'pg_index',
    make: `CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'); CREATE INDEX i ON t USING gin (to_tsvector('english', b)); CREATE UNIQUE INDEX u ON t (lower(b)) INCLUDE (a) WHERE a > 0;
      CLUSTER t USING u2`.replace(
      'CLUSTER t USING u2',
      'CREATE INDEX c ON t (a DESC NULLS LAST); CLUSTER t USING c; ALTER INDEX u ALTER COLUMN 1 SET STATISTICS 50',
    ),
    check: `SELECT pg_get_indexdef(indexrelid) AS is, indisclustered, (SELECT attstattarget FROM pg_attribute WHERE attrelid = indexrelid AND attnum = 1) AS target FROM pg_index WHERE indexrelid >= 16384 AND indrelid = 't'::regclass ORDER BY 1`,
  },
  {
    row: 'pg_index',
    make: `CREATE EXTENSION citext; CREATE TABLE t (a citext, b text); INSERT INTO t VALUES ('x', 'x'); CREATE INDEX meant ON t (b) WHERE a IS DISTINCT FROM 'Y';
      CREATE INDEX invalid ON t (b); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'invalid'::regclass`,
    check: `SELECT indexrelid::regclass::text AS index FROM pg_index WHERE indrelid = 't'::regclass ORDER BY 1`,
    becomes: [{ index: 'meant' }],
    logical: ['INFO MEANING_MAY_CHANGE public.meant', 'WARNING INDEX_LEFT_OUT public.invalid'],
  },
  {
    row: 'pg_constraint',
    make: `CREATE TABLE k (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE p (id int, a int, b int DEFAULT 0) PARTITION BY RANGE (id); CREATE TABLE p1 (gone int, gone_too int, b int DEFAULT 0, a int, id int);
      ALTER TABLE p1 DROP COLUMN gone, DROP COLUMN gone_too; ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (0) TO (10); ALTER TABLE p1 ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES k ON DELETE SET NULL (a);
      ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES k ON DELETE SET NULL (a)`,
    check: `SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS is FROM pg_constraint WHERE contype = 'f' ORDER BY 1`,
  },
  {
    row: 'pg_constraint',
    make: `CREATE TABLE up (a int); INSERT INTO up VALUES (-1); ALTER TABLE up ADD CONSTRAINT c CHECK (a > 0) NOT VALID; CREATE TABLE down () INHERITS (up)`,
    check: `SELECT conrelid::regclass::text AS table, convalidated FROM pg_constraint ORDER BY 1`,
  },
  {
    row: 'pg_attribute.attstorage, pg_attribute.attcompression',
    make: `CREATE TABLE up (v text, w text); CREATE TABLE other (v text); CREATE TABLE down () INHERITS (up); CREATE TABLE both_of () INHERITS (up, other); ALTER TABLE ONLY up ALTER v SET STORAGE EXTERNAL, ALTER w SET COMPRESSION lz4;
      INSERT INTO both_of VALUES ('x', 'y')`,
    check: `SELECT attrelid::regclass::text AS table, attname, attstorage, attcompression, (SELECT count(*)::int FROM both_of) AS rows FROM pg_attribute WHERE attname IN ('v', 'w') ORDER BY 1, 2`,
  },
  {
    row: 'pg_class, pg_attribute, pg_inherits, pg_partitioned_table, pg_sequence',
    make: `CREATE TABLE up (a int); CREATE TABLE other (b int); CREATE TABLE down (c int) INHERITS (other, up); CREATE TABLE h (a int, b text) PARTITION BY HASH (lower(b) COLLATE "C" text_ops, a); CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE l (a int) PARTITION BY LIST (a); CREATE TABLE l_rest PARTITION OF l DEFAULT; INSERT INTO l VALUES (NULL), (3);
      CREATE SEQUENCE odd AS smallint INCREMENT -2 MINVALUE -9 MAXVALUE 7 START 7 CACHE 3 CYCLE OWNED BY up.a; SELECT nextval('odd')`,
    check: `SELECT (SELECT string_agg(format('%s < %s %s', inhrelid::regclass, inhparent::regclass, inhseqno), ', ' ORDER BY inhrelid::regclass::text, inhseqno) FROM pg_inherits) AS below,
      (SELECT string_agg(concat_ws(' ', partrelid::regclass, pg_get_partkeydef(partrelid), partdefid::regclass), ', ' ORDER BY partrelid::regclass::text) FROM pg_partitioned_table) AS keys, (SELECT string_agg(l::text, ',' ORDER BY a) FROM l) AS rows,
      (SELECT format('%s %s %s %s %s %s %s', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) FROM pg_sequence) AS sequence, pg_get_serial_sequence('up', 'a') AS owned, (SELECT last_value FROM odd)`,
  },
  {
    row: 'pg_statistic, pg_statistic_ext_data',
    make: `CREATE TABLE t AS SELECT i AS a, i % 3 AS b FROM generate_series(1, 300) i; ALTER TABLE t ALTER a SET (n_distinct = -0.5), ALTER b SET STATISTICS 11; CREATE STATISTICS st (dependencies) ON a, b FROM t; ANALYZE t`,
    check: `SELECT (SELECT string_agg(attname || ' ' || n_distinct, ', ' ORDER BY attname) FROM pg_stats WHERE tablename = 't') AS distinct, (SELECT count(*)::int FROM pg_statistic_ext_data) AS extended, (SELECT reltuples::int FROM pg_class WHERE relname = 't') AS rows`,
  },
];
