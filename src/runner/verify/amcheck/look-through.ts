import * as z from 'zod';
import { hexName } from '../../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../../guarded-postgres/session.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import type { Report } from '../../attempt/attempt.ts';
import { flag, oid } from '../../catalogue/columns.ts';
import { leftOutCheck } from '../damage.ts';
import { lookAtIndex } from './look-at-index.ts';
import { lookAtTable } from './look-at-table.ts';
import { withAmcheck } from './with-amcheck.ts';

const Relation = z
  .tuple([oid, hexName, hexName, flag])
  .transform(([id, schema, name, isOfTheSystem]) => ({ oid: id, name: writeNames(schema, name), isOfTheSystem }));

const named = (relkind: string, access: string, where: string): Question<z.infer<typeof Relation>> => ({
  sql: `
    SELECT c.oid, encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), n.nspname = 'pg_catalog'
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam ${where}
    WHERE a.amname = '${access}' AND c.relkind ${relkind} AND c.relpersistence = 'p' ORDER BY c.oid`,
  row: Relation,
  timeoutMs: null,
});

const INDEXES = named(`= 'i'`, 'btree', 'JOIN pg_index x ON x.indexrelid = c.oid AND x.indisvalid AND x.indisready');
const TABLES = named(`IN ('r', 't', 'm')`, 'heap', '');

export interface LookingThrough {
  /** As people read it. */
  readonly database: string;
  /** Whether every row is looked for in its indexes, and every page of a table is looked through as well. */
  readonly isThorough: boolean;
  /** Tables of which what is stored apart is looked for too, by their oids; those of the system always are. */
  readonly withToast?: ReadonlySet<number>;
  readonly report: Pick<Report, 'finding' | 'log'>;
  /** Takes what is looked at, for who watches. */
  readonly onObject?: (name: string) => void;
}

/** What amcheck went through, and what of it is sound. */
export interface LookedThrough {
  readonly indexes: number;
  readonly tables: number;
  /** By their oids. */
  readonly soundTables: ReadonlySet<number>;
}

/**
 * Looks through every B-tree, and where it is thorough through every table, with amcheck, where the server has it; it is gone
 * afterwards. What is damaged is told, and so is what could not be looked through. Null without amcheck, which is told too.
 */
export async function lookThrough(session: Session, wish: LookingThrough): Promise<LookedThrough | null> {
  const { database, isThorough, report, withToast = new Set(), onObject = () => undefined } = wish;
  const looked = await withAmcheck(session, async (at) => {
    let indexes = 0;
    const listed = await session.ask(INDEXES);
    for (const index of listed) {
      onObject(index.name);
      const { isLooked, finding } = await lookAtIndex(session, at, index, { database, withRows: isThorough });
      if (isLooked) indexes += 1;
      if (finding !== null) report.finding(finding);
    }
    const soundTables = new Set<number>();
    const tables = isThorough ? await session.ask(TABLES) : [];
    for (const table of tables) {
      onObject(table.name);
      const stored = withToast.has(table.oid) || table.isOfTheSystem;
      const finding = await lookAtTable(session, at, { ...table, withToast: stored }, database);
      if (finding === null) soundTables.add(table.oid);
      else report.finding(finding);
    }
    report.log(
      `${database}: amcheck looked through ${indexes} of ${listed.length} indexes` +
        (isThorough ? `, and found ${soundTables.size} of ${tables.length} tables sound` : ''),
    );
    return { indexes, tables: tables.length, soundTables };
  });
  if (looked === null) {
    const message =
      'the server has no amcheck: no index was looked through, and no page of a table but by reading its rows';
    report.finding(leftOutCheck('INFO', { database: null, object: null, message, remedy: null }));
  }
  return looked;
}
