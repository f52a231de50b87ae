import type { RawName } from './raw-name.ts';

/** Words that stand in quotes where they are names: all but the unreserved ones of PostgreSQL 15 to 18. */
const KEYWORDS = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
  character check coalesce collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do
  else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike
  in initially inner inout int integer intersect interval into is isnull join json json_array json_arrayagg json_exists
  json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left like
  limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset
  on only or order out outer overlaps overlay placing position precision primary real references returning right row select
  session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to
  trailing treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes
  xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
);

function isPlain(text: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(text) && !KEYWORDS.has(text);
}

/** The name as PostgreSQL writes it for people: in quotes only where it has to be. */
export function writeName(name: RawName): string {
  return isPlain(name.text) ? name.text : `"${name.text.replaceAll('"', '""')}"`;
}

/** Names between dots, as PostgreSQL writes them. */
export function writeNames(...names: readonly RawName[]): string {
  return names.map(writeName).join('.');
}

/** The text as a literal, for people and for what they are told to run. */
export function writeLiteral({ text }: RawName): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The bytes of such a text, for statements: quoted wherever it has to be. */
export function writeIdentifier(name: RawName): Buffer {
  const text = name.bytes.toString('latin1');
  return isPlain(text) ? name.bytes : Buffer.from(`"${text.replaceAll('"', '""')}"`, 'latin1');
}
