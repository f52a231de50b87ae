import type { ServerError } from '../../../guarded-postgres/server-error.ts';
import { objectOf, unquoteName } from '../entries/object-name.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import type { Task } from '../task.ts';
import { findFunctions } from './catalogue.ts';

/** What the server makes with a search_path of its own from version 17 on, whatever the session's is. */
const MAINTAINED: ReadonlySet<string> = new Set(['INDEX', 'CONSTRAINT', 'MATERIALIZED VIEW DATA']);
/** As many functions can call each other before one is reached that finds nothing. */
const MOST_FUNCTIONS = 20;
/** A function in the context of an error: `SQL function "f" statement 1`, `PL/pgSQL function s.f(integer) line 3`. */
const NAMED = /\bfunction (?:"((?:[^"]|"")+)"|((?:"(?:[^"]|"")*"|[^\s"(.]+)(?:\.(?:"(?:[^"]|"")*"|[^\s"(.]+))?)\()/g;

export interface PathLending {
  readonly session: LoadSession;
  readonly told: Told;
  readonly triesOf: (task: Task) => readonly string[];
}

/**
 * Makes an index, or fills a materialized view, whose functions find what they call by search_path: those that the error
 * names are given the source's for as long as it takes. True where it is made; all functions are as they were.
 */
export async function lendPath({ session, told, triesOf }: PathLending, task: Task): Promise<boolean> {
  const { entry, failure } = task;
  if (!MAINTAINED.has(entry.kind) || failure === null || namesIn(failure).length === 0) return false;
  for (const path of triesOf(task)) {
    if (path === '') continue;
    const lent = new Set<string>();
    let refusal: ServerError | null = failure;
    while (refusal !== null && lent.size < MOST_FUNCTIONS) {
      const found = await findFunctions(session.session, namesIn(refusal));
      const more = found.filter((one) => !lent.has(one));
      if (more.length === 0) break;
      for (const one of more) lent.add(one);
      refusal = await makeWith(session, task, [...lent], path);
    }
    if (refusal !== null) continue;
    const functions = [...lent];
    told.tell({
      code: 'MEANING_MAY_CHANGE',
      severity: 'INFO',
      object: objectOf(entry),
      says: `is as on the source, and was made with its search_path: this version of PostgreSQL maintains it with pg_catalog alone, where ${functions.join(', ')} does not find what it calls`,
      cause: failure,
      remedy: functions.map((one) => `ALTER ROUTINE ${one} SET search_path TO ${path};`).join(' '),
    });
    task.left = [];
    task.failure = null;
    return true;
  }
  return false;
}

/** In one transaction, so that nothing stays lent. */
async function makeWith(
  session: LoadSession,
  task: Task,
  functions: readonly string[],
  path: string,
): Promise<ServerError | null> {
  const statements = [
    'BEGIN;',
    ...functions.map((one) => `ALTER ROUTINE ${one} SET search_path TO ${path};`),
    ...task.left.map(({ sql }) => sql),
    ...functions.map((one) => `ALTER ROUTINE ${one} RESET search_path;`),
    'COMMIT;',
  ];
  for (const one of statements) {
    const refusal = await session.attempt(one);
    if (refusal === null) continue;
    await session.session.run('ROLLBACK');
    return refusal;
  }
  return null;
}

/** Names of functions, without their schemas, as they are in the catalogue; words of the server are UTF-8. */
function namesIn({ where }: ServerError): string[] {
  const names = [...(where ?? '').matchAll(NAMED)].map(([, plain, written]) => {
    if (plain !== undefined) return plain;
    const [, last = ''] = /((?:"(?:[^"]|"")*"|[^\s".]+))$/.exec(written ?? '') ?? [];
    return unquoteName(last);
  });
  return [...new Set(names)].map((one) => Buffer.from(one).toString('latin1'));
}
