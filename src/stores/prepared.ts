import { createHash } from 'node:crypto';
import { Column, fillPlaceholders, is, type Query, SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { Database } from '../db/database.ts';
import { findServerError } from '../db/errors.ts';
import { answered } from './answered.ts';
import { readMoment } from './read-moment.ts';

/** A select of drizzle's, as far as it is used here: its words, and what it selects, all on one level. */
export interface Preparable<Row> {
  toSQL(): Query;
  readonly _: { readonly selectedFields: object; readonly result: Row[] };
}

/** Runs the statement with these values in its places. */
export type Prepared<Row> = (values: Readonly<Record<string, unknown>>) => Promise<Row[]>;

/** Columns whose values are what the driver, and the readers below, make of them. */
const PLAIN_COLUMNS: readonly string[] = [
  'PgUUID',
  'PgText',
  'PgInteger',
  'PgBoolean',
  'PgDoublePrecision',
  'PgJsonb',
  'PgTimestamp',
  'PgBigInt53',
];

const { TIMESTAMPTZ, INT8 } = pg.types.builtins;
const READERS: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') => {
    if (oid === TIMESTAMPTZ) return readMoment;
    return oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

function namesOf(fields: object): string[] {
  for (const [name, field] of Object.entries(fields)) {
    const isPlain = is(field, Column)
      ? PLAIN_COLUMNS.includes(field.columnType)
      : is(field, SQL) || is(field, SQL.Aliased);
    if (!isPlain) throw new Error(`${name} is of a type that a prepared statement does not read`);
  }
  return Object.keys(fields);
}

/** Pools that turned out to be led to sessions of others, where what was prepared is not there, or already is. */
const leadElsewhere = new WeakSet<pg.Pool>();

/** Why a statement that is kept on a connection cannot be used there, and is to be sent anew; null for all other errors. */
function findKeptFault(error: unknown): 'elsewhere' | 'outdated' | null {
  const { code, message = '' } = findServerError(error) ?? {};
  if (code === '26000' || code === '42P05') return 'elsewhere';
  // Another release has changed the columns of a table meanwhile.
  return code === '0A000' && message.includes('cached plan') ? 'outdated' : null;
}

/**
 * Sends a statement under a name, so that each connection takes its words in once. Behind a pooler that gives sessions to
 * transactions nothing is kept on a connection, whether that was said of the database or turns out: what is refused for that
 * has not been done, and is sent anew. Only outside of transactions, which would be over then.
 */
function keep<Answer>({ pool, keepsSessions }: Database, text: string, send: (named: NamedQuery) => Promise<Answer>) {
  const name = `toygres_${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
  return async (values: unknown[]): Promise<Answer> => {
    if (!keepsSessions || leadElsewhere.has(pool)) return send({ text, values });
    try {
      return await send({ text, values, name });
    } catch (error) {
      const fault = findKeptFault(error);
      if (fault === null) throw error;
      if (fault === 'elsewhere') leadElsewhere.add(pool);
      return send({ text, values });
    }
  };
}

interface NamedQuery {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string;
}

/**
 * A select that is made once: its words are built once, each connection takes them in once, and its rows become records
 * without a look at each column. Its places are `sql.placeholder`s. Not kept behind a pooler that gives sessions to transactions.
 */
export function prepare<Row>(database: Database, select: Preparable<Row>): Prepared<Row> {
  const { sql: text, params } = select.toSQL();
  const names = namesOf(select._.selectedFields);
  const read = keep(database, text, async (named) => {
    return (await database.pool.query<unknown[]>({ ...named, rowMode: 'array', types: READERS })).rows;
  });

  return async (given) => {
    const rows = await answered(read(fillPlaceholders(params, given)));
    return rows.map((cells) => {
      const row: Record<string, unknown> = {};
      for (let at = 0; at < names.length; at += 1) row[names[at] as string] = cells[at];
      return row as Row;
    });
  };
}

const dialect = new PgDialect({ casing: 'snake_case' });

/** The same of any statement that stands alone, a write as well. Its rows are as the driver reads them. */
export function prepareStatement<Row extends object>(database: Database, statement: SQL): Prepared<Row> {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  const send = keep(database, text, async (named) => (await database.pool.query<Row>(named)).rows);
  return (given) => answered(send(fillPlaceholders(params, given)));
}

/** Prepares a statement of each kind when the first of it is asked for. */
export type PrepareOnce = <Row>(kind: string, select: () => Preparable<Row>) => Prepared<Row>;

export function createPrepareOnce(database: Database): PrepareOnce {
  const known = new Map<string, Prepared<unknown>>();
  return <Row>(kind: string, select: () => Preparable<Row>) => {
    const prepared = (known.get(kind) as Prepared<Row> | undefined) ?? prepare(database, select());
    known.set(kind, prepared);
    return prepared;
  };
}
