/** The first number that objects of users have: what is below it means the same everywhere. */
export const FIRST_OF_USERS = 16384;

/** Columns of stored parse trees that hold nothing which names are looked up for. */
export const TREES_OF_CONSTANTS: readonly string[] = ['pg_class.relpartbound'];

/** Rows of a tree that belongs to a relation `c` in the schema `n`. */
const ofRelation = (part: string, object: string, kind: string, tree: string, rest: string) => `
  SELECT 'pg_class'::regclass AS class, c.oid AS id, n.nspname::text AS schema, c.relname::text AS name, ${object} AS object,
    ${part} AS part, ${kind} AS kind, ${tree} AS tree
  FROM ${rest} JOIN pg_namespace n ON n.oid = c.relnamespace`;

const RELATION = `format('%I.%I', n.nspname, c.relname)`;
const ofNamed = (name: string) => `format('%I on %I.%I', ${name}, n.nspname, c.relname)`;

/** Rows of a tree that belongs to a type `t`, which is a domain. */
const ofDomain = (part: string, object: string, kind: string, tree: string, rest: string) => `
  SELECT 'pg_type'::regclass, t.oid, n.nspname::text, t.typname::text, ${object}, ${part}, ${kind}, ${tree}
  FROM ${rest} JOIN pg_namespace n ON n.oid = t.typnamespace`;

/**
 * All expressions that PostgreSQL keeps parsed, of which a dump is a text that is parsed anew: the object they hang on (class,
 * id, schema, name), what they are of in words (object, kind), which of its expressions (part), and the tree.
 */
export const EXPRESSION_TREES = [
  ofRelation(
    `'rule ' || r.rulename`,
    RELATION,
    `CASE r.rulename WHEN '_RETURN' THEN 'view' ELSE format('rule %I of', r.rulename) END`,
    `concat(r.ev_qual::text, r.ev_action::text)`,
    `pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND r.oid >= ${FIRST_OF_USERS}`,
  ),
  ofRelation(
    `'default'`,
    `format('%I.%I.%I', n.nspname, c.relname, a.attname)`,
    `'a default or generated column of'`,
    'd.adbin::text',
    `pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum`,
  ),
  ofRelation(
    `'constraint'`,
    ofNamed('o.conname'),
    `format('constraint %I of', o.conname)`,
    'o.conbin::text',
    `pg_constraint o JOIN pg_class c ON c.oid = o.conrelid AND o.conbin IS NOT NULL`,
  ),
  ofRelation(
    `'index'`,
    RELATION,
    `'index'`,
    'concat(i.indexprs::text, i.indpred::text)',
    `pg_index i JOIN pg_class c ON c.oid = i.indexrelid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)`,
  ),
  ofRelation(
    `'policy'`,
    ofNamed('p.polname'),
    `format('policy %I of', p.polname)`,
    'concat(p.polqual::text, p.polwithcheck::text)',
    `pg_policy p JOIN pg_class c ON c.oid = p.polrelid`,
  ),
  ofRelation(
    `'trigger'`,
    ofNamed('g.tgname'),
    `format('trigger %I of', g.tgname)`,
    'g.tgqual::text',
    `pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid AND g.tgqual IS NOT NULL`,
  ),
  ofRelation(
    `'partition key'`,
    RELATION,
    `'the partition key of'`,
    'k.partexprs::text',
    `pg_partitioned_table k JOIN pg_class c ON c.oid = k.partrelid AND k.partexprs IS NOT NULL`,
  ),
  ofRelation(
    `'publication'`,
    ofNamed('u.pubname'),
    `format('publication %I of', u.pubname)`,
    'q.prqual::text',
    `pg_publication_rel q JOIN pg_publication u ON u.oid = q.prpubid JOIN pg_class c ON c.oid = q.prrelid AND q.prqual IS NOT NULL`,
  ),
  ofDomain(
    `'constraint'`,
    `format('%I on %I.%I', o.conname, n.nspname, t.typname)`,
    `format('constraint %I of domain', o.conname)`,
    'o.conbin::text',
    `pg_constraint o JOIN pg_type t ON t.oid = o.contypid AND o.conbin IS NOT NULL`,
  ),
  ofDomain(
    `'default'`,
    `format('%I.%I', n.nspname, t.typname)`,
    `'the default of domain'`,
    't.typdefaultbin::text',
    `(SELECT * FROM pg_type WHERE typdefaultbin IS NOT NULL) t`,
  ),
  `
  SELECT 'pg_proc'::regclass, p.oid, n.nspname::text, p.proname::text, p.oid::regprocedure::text, 'function', 'function',
    concat(p.prosqlbody::text, p.proargdefaults::text)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE (p.prosqlbody IS NOT NULL OR p.proargdefaults IS NOT NULL) AND p.oid >= ${FIRST_OF_USERS}`,
  `
  SELECT 'pg_statistic_ext'::regclass, s.oid, n.nspname::text, s.stxname::text, format('%I.%I', n.nspname, s.stxname),
    'statistics', 'statistics', s.stxexprs::text
  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE s.stxexprs IS NOT NULL`,
].join('\n  UNION ALL');
