import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Question } from '../../guarded-postgres/session.ts';
import { count, encoding, flag, oid } from './columns.ts';

/** A database as pg_database has it. One that was left half dropped takes no connection any more. */
export const DatabaseRow = z
  .tuple([oid, encoding, count, flag, flag, hexName])
  .transform(([id, ofEncoding, sizeBytes, takesConnections, isHalfDropped, name]) => ({
    oid: id,
    encoding: ofEncoding,
    sizeBytes,
    takesConnections,
    isHalfDropped,
    name,
  }));
export type DatabaseRow = z.infer<typeof DatabaseRow>;

/** Every database but template0. Half dropped ones have a connection limit of -2 (15.4 and later minor versions). */
export const DATABASES: Question<DatabaseRow> = {
  sql: `
    SELECT oid, pg_encoding_to_char(encoding),
      CASE WHEN datallowconn AND datconnlimit <> -2 THEN pg_database_size(oid) ELSE 0 END,
      datallowconn, datconnlimit = -2, encode(textsend(datname::text), 'hex')
    FROM pg_database WHERE datname <> 'template0' ORDER BY datname`,
  row: DatabaseRow,
  timeoutMs: null,
};

export const TABLESPACES: Question<readonly [z.infer<typeof hexName>]> = {
  sql: `
    SELECT encode(textsend(spcname::text), 'hex') FROM pg_tablespace
    WHERE spcname NOT IN ('pg_default', 'pg_global') ORDER BY spcname`,
  row: z.tuple([hexName]),
};
