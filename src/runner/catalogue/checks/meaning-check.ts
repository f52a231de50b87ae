import type { CatalogueCheck } from './check.ts';

/**
 * Expressions that print no operator: IS DISTINCT FROM, NULLIF, CASE x WHEN, JOIN USING and IN (SELECT ...). Parsed anew with
 * another search_path they may find another operator than they were made with. An operator of the system is found always.
 */
const UNWRITTEN = [
  String.raw`\{(?:DISTINCTEXPR|NULLIFEXPR) :opno (\d+)`,
  String.raw`\{CASEWHEN :expr \{OPEXPR :opno (\d+)[^{}]*:args \((?:\{RELABELTYPE :arg )?\{CASETESTEXPR`,
  String.raw`:usingClause \([^)]*\)(?: :join_using_alias (?:<>|\{[^}]*\}))? :quals \{(?:BOOLEXPR :boolop and :args \(\{)?OPEXPR :opno (\d+)`,
  String.raw`:subLinkType 2 :subLinkId \d+ :testexpr \{OPEXPR :opno (\d+)`,
];

const written = UNWRITTEN.map((pattern) => `SELECT m[1] FROM regexp_matches(t.tree, '${pattern}', 'g') m`).join(
  ' UNION ALL ',
);

/** Views and other stored expressions that may mean something else when they are made again. */
export const MEANING_MAY_CHANGE: CatalogueCheck = {
  code: 'MEANING_MAY_CHANGE',
  severity: 'INFO',
  sql: `
    WITH trees AS (
      SELECT c.relnamespace AS space, c.relname AS name, 'view' AS kind, r.ev_action::text AS tree
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm') WHERE r.oid >= 16384
      UNION ALL SELECT c.relnamespace, c.relname, format('constraint %I of', k.conname), k.conbin::text
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.conbin IS NOT NULL AND k.oid >= 16384
      UNION ALL SELECT c.relnamespace, c.relname, 'a default or generated column of', a.adbin::text
        FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid WHERE a.oid >= 16384
      UNION ALL SELECT c.relnamespace, c.relname, 'index', concat(i.indexprs::text, i.indpred::text)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indexrelid >= 16384 AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
      UNION ALL SELECT c.relnamespace, c.relname, format('policy %I of', p.polname), concat(p.polqual::text, p.polwithcheck::text)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    )
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(t.name::text), 'hex'), min(t.kind)
    FROM trees t
    JOIN pg_namespace n ON n.oid = t.space
    WHERE t.tree ~ 'DISTINCTEXPR|NULLIFEXPR|CASETESTEXPR|:usingClause \\(|:subLinkType 2'
      AND EXISTS (
        SELECT FROM (${written}) AS found(opno)
        JOIN pg_operator o ON o.oid = found.opno::oid
        WHERE o.oprnamespace <> 'pg_catalog'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
                      WHERE d.classid = 'pg_class'::regclass AND c.relname = t.name AND c.relnamespace = t.space AND d.deptype = 'e')
    GROUP BY n.nspname, t.name`,
  describe: (object, detail) => ({
    message: `${detail} ${object} compares by an operator that its text does not name; a restore makes it with the source's search_path and compares what it found`,
    remedy: `Write the operator out (OPERATOR(schema.=)), or compare what it answers after a restore.`,
  }),
};
