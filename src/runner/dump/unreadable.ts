import * as z from 'zod';
import { nameIn } from '../../guarded-postgres/decoder.ts';
import { hexName, type RawName } from '../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { writeNames } from '../../guarded-postgres/written-name.ts';
import { finalFailure, type JobFailure } from '../attempt/failure.ts';
import { refuseLoss } from '../catalogue/accept-loss.ts';
import { PHYSICAL_INSTEAD } from '../catalogue/check-database.ts';
import { flag, oid } from '../catalogue/columns.ts';
import { tellSome } from '../catalogue/tell-some.ts';
import type { DumpGround, SourceDatabase } from './source.ts';

const OF_USERS = 'oid >= 16384';
const inSchema = (kind: string, catalogue: string, prefix: string, more: string) =>
  `SELECT '${kind}' AS kind, ${prefix}name AS name, ${prefix}namespace AS space, oid FROM ${catalogue} WHERE ${OF_USERS} AND ${more}`;
const onTable = (kind: string, catalogue: string, name: string, table: string, more = 'true') =>
  `SELECT '${kind}', x.${name}, c.relnamespace, x.oid FROM ${catalogue} x JOIN pg_class c ON c.oid = x.${table} WHERE x.${OF_USERS} AND ${more}`;

/** Whatever the server writes out of a parse tree for pg_dump, which then stands or falls with all that the tree names. */
const WRITTEN_BY: Readonly<Record<string, string>> = {
  view: 'pg_get_viewdef',
  function: 'pg_get_functiondef',
  index: 'pg_get_indexdef',
  'rewrite rule': 'pg_get_ruledef',
  trigger: 'pg_get_triggerdef',
  constraint: 'pg_get_constraintdef',
  statistics: 'pg_get_statisticsobjdef',
};

const CANDIDATES = `
  SELECT o.kind, encode(textsend(n.nspname::text), 'hex'), encode(textsend(o.name::text), 'hex'), o.oid FROM (
    ${[
      inSchema('view', 'pg_class', 'rel', `relkind IN ('v', 'm')`),
      inSchema('function', 'pg_proc', 'pro', `prokind <> 'a'`),
      inSchema('index', 'pg_class', 'rel', `relkind IN ('i', 'I')`),
      onTable('rewrite rule', 'pg_rewrite', 'rulename', 'ev_class', `x.rulename <> '_RETURN'`),
      onTable('trigger', 'pg_trigger', 'tgname', 'tgrelid', 'NOT x.tgisinternal'),
      inSchema('constraint', 'pg_constraint', 'con', 'true'),
      inSchema('statistics', 'pg_statistic_ext', 'stx', 'true'),
    ].join(' UNION ALL ')}) AS o JOIN pg_namespace n ON n.oid = o.space ORDER BY o.oid`;
const Candidate = z
  .tuple([
    z.enum(['view', 'function', 'index', 'rewrite rule', 'trigger', 'constraint', 'statistics']),
    hexName,
    hexName,
    oid,
  ])
  .transform(([kind, schema, name, id]) => ({ kind, schema, name, oid: id }));

/** An object whose definition the server cannot write any more: something that it names was removed from beneath it. */
export type Unreadable = z.infer<typeof Candidate> & { readonly why: string };

/** lock_not_available and query_canceled: somebody holds what it names, and it can be read when he lets go. */
const IS_HELD = /^(55P03|57014)$/;

/** Asks for each definition of a database by itself. For a dump that failed: it takes some seconds where there are many. */
export async function findUnreadable(watch: Session): Promise<readonly Unreadable[]> {
  await watch.run(`SET lock_timeout = '1s'`);
  const all = await watch.ask({ sql: CANDIDATES, row: Candidate, timeoutMs: null });
  const first = await askEach(watch, all);
  // What was dropped meanwhile cannot be read either: of that nothing is left at the second look.
  const still = first.length === 0 ? [] : await watch.ask({ sql: CANDIDATES, row: Candidate, timeoutMs: null });
  const suspects = new Set(first.map((one) => one.oid));
  const found = await askEach(
    watch,
    still.filter((one) => suspects.has(one.oid)),
  );
  await watch.run('RESET lock_timeout');
  return found;
}

async function askEach(watch: Session, candidates: readonly z.infer<typeof Candidate>[]): Promise<Unreadable[]> {
  const found: Unreadable[] = [];
  for (const one of candidates) {
    try {
      const written = `SELECT ${WRITTEN_BY[one.kind]}(${one.oid}::oid) IS NOT NULL`;
      const [[isThere] = [false]] = await watch.ask({ sql: written, row: z.tuple([flag]) });
      // Without an error that is so of a view without its rule; of others, when they are gone.
      if (!isThere && one.kind === 'view') found.push({ ...one, why: 'the catalogue has no definition of it' });
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (!IS_HELD.test(error.code)) found.push({ ...one, why: error.words });
    }
  }
  return found;
}

/** pg_dump can be told to pass by it. It takes names as arguments, which are UTF-8 here, and are compared in the encoding of the database. */
export function canBeLeftOut({ kind, schema, name }: Unreadable, encoding: string): boolean {
  const isPlain = [schema, name].every(({ bytes }) => bytes.every((byte) => byte < 0x80));
  return kind === 'view' && (isPlain || (encoding === 'UTF8' && schema.isUtf8 && name.isUtf8));
}

/** The arguments with which pg_dump passes by these. */
export function argumentsWithout(views: readonly Unreadable[]): readonly string[] {
  const quoted = ({ text }: RawName) => `"${text.replaceAll('"', '""')}"`;
  return views.map(({ schema, name }) => `--exclude-table=${quoted(schema)}.${quoted(name)}`);
}

const objectOf = ({ schema, name }: Unreadable, encoding: string) =>
  writeNames(nameIn(encoding, schema), nameIn(encoding, name));

/** Tells each view that is left out. Throws a final failure where that is more than may be lost. */
export function tellLeftOut(
  { attempt: { report }, acceptLoss }: Pick<DumpGround, 'attempt' | 'acceptLoss'>,
  { name, encoding }: SourceDatabase,
  views: readonly Unreadable[],
): void {
  const findings = views.map((view) => {
    const object = objectOf(view, encoding);
    return {
      code: 'VIEW_LEFT_OUT',
      severity: 'WARNING' as const,
      database: name.text,
      object,
      message: `view ${object} cannot be read on the source, and is not in the image: ${view.why}`,
      remedy: `DROP VIEW ${object}; on the source, or make it anew there. ${PHYSICAL_INSTEAD}`,
    };
  });
  tellSome(report, findings, (count) => ({
    message: `${count} more views cannot be read on the source`,
    remedy: PHYSICAL_INSTEAD,
  }));
  refuseLoss(report.findings, acceptLoss);
}

/** The failure of a dump that cannot do without an object, and cannot read it. */
export function unreadableFailure({ name, encoding }: SourceDatabase, found: Unreadable): JobFailure {
  const object = objectOf(found, encoding);
  return finalFailure(
    `the dump of database ${name.text} failed: ${found.kind} ${object} cannot be read, since something that it names was removed from the catalogue beneath it (${found.why}). Drop it or make it anew, then take the image again. ${PHYSICAL_INSTEAD}`,
  );
}
