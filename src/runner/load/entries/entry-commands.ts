import { splitStatements } from '../statements/split-statements.ts';
import type { TocEntry } from '../toc/toc-entry.ts';
import { quoteName } from './object-name.ts';

/** A part of an entry that is sent at once and is done as a whole or not at all. */
export interface Command {
  readonly role: 'define' | 'own' | 'grant';
  readonly sql: string;
}

/** What is named without a schema, so that its owner is set by its tag. */
const PLAIN: ReadonlySet<string> = new Set([
  'DATABASE',
  'EVENT TRIGGER',
  'FOREIGN DATA WRAPPER',
  'PROCEDURAL LANGUAGE',
  'PUBLICATION',
  'SCHEMA',
  'SERVER',
  'SUBSCRIPTION',
]);
/** What has an owner of its own, set by the words of its DROP (pg_backup_archiver.c, _printTocEntry). */
const OWNED: ReadonlySet<string> = new Set([
  ...PLAIN,
  'AGGREGATE',
  'COLLATION',
  'CONVERSION',
  'DOMAIN',
  'FOREIGN TABLE',
  'FUNCTION',
  'MATERIALIZED VIEW',
  'OPERATOR',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'PROCEDURE',
  'SEQUENCE',
  'STATISTICS',
  'TABLE',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TYPE',
  'VIEW',
]);
const GRANTS: ReadonlySet<string> = new Set(['ACL', 'ACL LANGUAGE', 'DEFAULT ACL']);

/** Whether the entry gives rights, and so comes when all else is there. */
export const isGrant = ({ kind }: TocEntry) => GRANTS.has(kind);

/** The commands of an entry without data, in their order. `find` gives an entry by its id. */
export function commandsOf(entry: TocEntry, find: (id: number) => TocEntry | undefined): Command[] {
  if (entry.kind === 'BLOB METADATA') return largeObjects(entry);
  if (isGrant(entry)) return grantCommands(entry, find).map((sql) => ({ role: 'grant', sql }));
  const commands: Command[] = /^\s*(--[^\n]*\s*)*$/.test(entry.define)
    ? []
    : [{ role: 'define', sql: withMethod(entry) }];
  const owner = ownerCommand(entry);
  return owner === null ? commands : [...commands, { role: 'own', sql: owner }];
}

/** The access method stands beside the definition: it is set for this one command. */
function withMethod({ kind, accessMethod, relationKind, define, drop }: TocEntry): string {
  if (accessMethod === null || accessMethod === 'heap') return define;
  if (relationKind === 'p') {
    const table = /^DROP TABLE ([\s\S]*);\s*$/.exec(drop)?.[1];
    return table === undefined
      ? define
      : `${define}\nALTER TABLE ${table} SET ACCESS METHOD ${quoteName(accessMethod)};`;
  }
  if (kind !== 'TABLE' && kind !== 'MATERIALIZED VIEW') return define;
  return `SET LOCAL default_table_access_method = ${quoteName(accessMethod)};\n${define}`;
}

/** Gives the object to its owner; null for what has none of its own. */
export function ownerCommand({ kind, tag, drop, owner }: TocEntry): string | null {
  if (owner === null) return null;
  if (kind === 'BLOB') return `ALTER LARGE OBJECT ${Number(tag)} OWNER TO ${quoteName(owner)};`;
  if (!OWNED.has(kind)) return null;
  if (PLAIN.has(kind)) {
    const words = kind === 'PROCEDURAL LANGUAGE' ? 'LANGUAGE' : kind;
    return `ALTER ${words} ${quoteName(tag)} OWNER TO ${quoteName(owner)};`;
  }
  // Types that C functions read and write are dropped with what hangs on them.
  const what = /^DROP ([\s\S]*?)(?: CASCADE)?;\s*$/.exec(drop)?.[1];
  return what === undefined ? null : `ALTER ${what} OWNER TO ${quoteName(owner)};`;
}

/** Large objects of one owner: their numbers stand where the definition is elsewhere, one a line. */
function largeObjects(entry: TocEntry): Command[] {
  const numbers = entry.define.split('\n').filter((line) => /^[0-9]+$/.test(line));
  const owner = entry.owner;
  const made = numbers.map((one) => `SELECT pg_catalog.lo_create('${one}');`).join('\n');
  const owned = owner === null ? [] : numbers.map((one) => `ALTER LARGE OBJECT ${one} OWNER TO ${quoteName(owner)};`);
  return [
    { role: 'define', sql: made },
    ...(owned.length === 0 ? [] : [{ role: 'own', sql: owned.join('\n') } as const]),
  ];
}

/** Each grant for itself; those that somebody else gave stay with their SET SESSION AUTHORIZATION and its end. */
function grantCommands(entry: TocEntry, find: (id: number) => TocEntry | undefined): string[] {
  const units: string[][] = [];
  let open: string[] | null = null;
  for (const { text } of splitStatements(entry.define)) {
    const one = `${text};`;
    if (open !== null) open.push(one);
    else units.push([one]);
    if (/^SET SESSION AUTHORIZATION /i.test(text) && open === null) open = units.at(-1) ?? null;
    else if (/^RESET SESSION AUTHORIZATION$/i.test(text)) open = null;
  }
  const commands = units.map((unit) => unit.join('\n'));
  const [first] = entry.dependsOn;
  const group = first === undefined ? undefined : find(first);
  if (group?.kind !== 'BLOB METADATA' || !entry.tag.startsWith('LARGE OBJECTS ')) return commands;
  const numbers = group.define.split('\n').filter((line) => /^[0-9]+$/.test(line));
  return numbers.flatMap((one) =>
    commands.map((sql) => sql.replace(/ON LARGE OBJECT [0-9]+ /g, `ON LARGE OBJECT ${one} `)),
  );
}
