import type { TocEntry } from '../toc/toc-entry.ts';

/** A name as pg_dump writes it: each part in quotes where it needs them, and what a function takes. */
const NAME = String.raw`(?:"(?:[^"]|"")*"|[^\s";(.]+)(?:\.(?:"(?:[^"]|"")*"|[^\s";(.]+))?`;
const CONSTRAINT = new RegExp(
  `^ALTER (?:TABLE|FOREIGN TABLE|DOMAIN)(?: IF EXISTS)?(?: ONLY)? (${NAME}) DROP CONSTRAINT(?: IF EXISTS)? (${NAME});`,
);
const ON_TABLE = new RegExp(`^DROP (?:TRIGGER|RULE|POLICY)(?: IF EXISTS)? (${NAME}) ON (${NAME});`);
const DROPPED = /^DROP (?:[A-Z]+ )+?(?:IF EXISTS )?(?=[^A-Z]|[A-Z]+[^A-Z ])([\s\S]*?)(?: CASCADE)?;\s*$/;
const COPIED = new RegExp(`^COPY (${NAME}) `);
const GRANTED = /^[\s\S]*? ON (?:[A-Z]+ )*([\s\S]*?) (?:TO|FROM) /;
const SAID = /^(?:COMMENT|SECURITY LABEL(?: FOR (?:"(?:[^"]|"")*"|\S+))?) ON (?:[A-Z]+ )+([\s\S]*?) IS /;

/** An identifier as it is in the catalogue, in quotes where PostgreSQL would have them or might. */
export function writeIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name);
}

/** As it is in the catalogue, of a name as SQL writes it. */
export function unquoteName(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
}

/** Always in quotes, for statements. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The object of an entry as PostgreSQL writes it: `public.orders`, `orders_check on public.orders`, `public.f(integer)`. */
export function objectOf(entry: TocEntry): string {
  if (entry.kind === 'BLOB' || entry.kind === 'BLOB METADATA') return entry.tag;
  const part = CONSTRAINT.exec(entry.drop);
  if (part !== null) return `${part[2]} on ${part[1]}`;
  const on = ON_TABLE.exec(entry.drop);
  if (on !== null) return `${on[1]} on ${on[2]}`;
  const text =
    COPIED.exec(entry.copy)?.[1] ??
    DROPPED.exec(entry.drop)?.[1] ??
    (entry.kind.includes('ACL') ? GRANTED.exec(entry.define)?.[1] : SAID.exec(entry.define)?.[1]);
  return (
    text ?? [entry.namespace, entry.tag].flatMap((name) => (name === null ? [] : [writeIdentifier(name)])).join('.')
  );
}
