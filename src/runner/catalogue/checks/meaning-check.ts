import { EXPRESSION_TREES } from '../expression-trees.ts';
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
    WITH trees AS MATERIALIZED (${EXPRESSION_TREES})
    SELECT encode(textsend(t.schema), 'hex'), encode(textsend(t.name), 'hex'), min(t.kind)
    FROM trees t
    -- What is not the system's has five digits and more: most trees have none, and few regular expressions to pass.
    WHERE t.tree ~ ':opno [0-9]{5}' AND t.tree ~ 'DISTINCTEXPR|NULLIFEXPR|CASETESTEXPR|:usingClause \\(|:subLinkType 2'
      AND EXISTS (
        SELECT FROM (${written}) AS found(opno)
        JOIN pg_operator o ON o.oid = found.opno::oid
        WHERE o.oprnamespace <> 'pg_catalog'::regnamespace)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = t.class AND d.objid = t.id AND d.objsubid = 0 AND d.deptype = 'e')
    GROUP BY t.class, t.id, t.schema, t.name ORDER BY t.schema, t.name`,
  describe: (object, detail) => ({
    message: `${detail} ${object} compares by an operator that its text does not name; a restore makes it with the source's search_path and compares what it found`,
    remedy: `Write the operator out (OPERATOR(schema.=)), or compare what it answers after a restore.`,
  }),
};
