import * as z from 'zod';
import { quoteName } from '../entries/object-name.ts';
import type { LoadSession } from '../load-session.ts';
import type { Task } from '../task.ts';

/** It is there already: a function, a relation or type, anything else. */
const IS_THERE = /^(?:42723|42P07|42710)$/;
/** What an extension is told to part with in the words of its DROP; of tables it would be told what rows are whose. */
const DROP =
  /^DROP ((?:AGGREGATE|CAST|COLLATION|CONVERSION|DOMAIN|FUNCTION|OPERATOR|OPERATOR CLASS|OPERATOR FAMILY|PROCEDURE|TEXT SEARCH [A-Z]+|TYPE|VIEW) [\s\S]*?)(?: CASCADE)?;\s*$/;

const EXTENSIONS = {
  sql: `SELECT pg_catalog.encode(pg_catalog.textsend(extname), 'hex') FROM pg_catalog.pg_extension ORDER BY oid`,
  row: z.tuple([z.hex().transform((hex) => Buffer.from(hex, 'hex').toString('latin1'))]),
};

/**
 * An object that the source's extension had lost, by ALTER EXTENSION ... DROP, and that CREATE EXTENSION has made again here: it
 * is taken from the extension, and made as on the source where it can be replaced. True where it is so.
 */
export async function takeFromExtension(session: LoadSession, task: Task): Promise<boolean> {
  const { entry, failure, left } = task;
  const [, object] = DROP.exec(entry.drop) ?? [];
  if (object === undefined || failure === null || !IS_THERE.test(failure.code) || left[0]?.role !== 'define')
    return false;
  for (const [extension] of await session.session.ask(EXTENSIONS)) {
    if ((await session.attempt(`ALTER EXTENSION ${quoteName(extension)} DROP ${object};`)) !== null) continue;
    const replaced = left[0].sql.replace(/^CREATE (FUNCTION|PROCEDURE|AGGREGATE|VIEW) /, 'CREATE OR REPLACE $1 ');
    if (replaced !== left[0].sql) await session.attempt(replaced);
    task.left = left.slice(1);
    return session.perform(task);
  }
  return false;
}
