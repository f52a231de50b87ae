import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { finalFailure } from '../attempt/failure.ts';
import { quoteName, unquoteName, writeIdentifier } from '../load/entries/object-name.ts';
import { asBytes, refusalOf } from '../load/load-session.ts';
import { type Statement, StatementError, splitStatements } from '../load/statements/split-statements.ts';

/** No role has this name. */
export const ALL_ROLES = '';

/** Statements of the file of roles: those that make them, and those that set what holds in their sessions. */
export interface RolesFile {
  readonly roles: readonly Statement[];
  readonly settings: readonly Statement[];
  /** search_path by the name of the role, as SET search_path takes it; that of all by ALL_ROLES. */
  readonly searchPaths: ReadonlyMap<string, string>;
}

const NAME = String.raw`("(?:[^"]|"")*"|[^\s";]+)`;
const SETTING = new RegExp(`^ALTER ROLE ${NAME} (?:IN DATABASE ${NAME} )?SET `);
const SEARCH_PATH = new RegExp(String.raw`^ALTER ROLE ${NAME} SET "?search_path"? TO ([\s\S]+)$`);

/**
 * Reads what pg_dumpall wrote of roles, one byte a character. Nothing of it is run. Throws a final failure where it holds
 * what psql would take for a command of its own, or is cut.
 */
export function readRolesFile(text: string): RolesFile {
  let statements: Statement[];
  try {
    statements = splitStatements(text);
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    throw finalFailure(`the file of roles is refused: ${error.message}`, error);
  }
  const searchPaths = new Map<string, string>();
  for (const one of statements) {
    const [, role, path] = SEARCH_PATH.exec(one.text) ?? [];
    if (role !== undefined && path !== undefined) searchPaths.set(role === 'ALL' ? ALL_ROLES : unquoteName(role), path);
  }
  return {
    roles: statements.filter((one) => !SETTING.test(one.text) && !/^SET /.test(one.text)),
    settings: statements.filter((one) => SETTING.test(one.text)),
    searchPaths,
  };
}

const DUPLICATE_OBJECT = '42710';

/**
 * Makes the roles. What is refused is tried again when the others are there, and told where it stays so; the superuser of
 * the new server is there already. A password's verifier is never in what is told.
 */
export async function makeRoles(
  session: Session,
  statements: readonly Statement[],
  superuser: string,
  found: (finding: Finding) => void,
): Promise<void> {
  const own = `CREATE ROLE ${writeIdentifier(superuser)}`;
  const isOwn = ({ text }: Statement, error: ServerError) =>
    error.code === DUPLICATE_OBJECT && (text === own || text === `CREATE ROLE ${quoteName(superuser)}`);
  let left: readonly Statement[] = statements;
  for (;;) {
    const failed: { readonly one: Statement; readonly error: ServerError }[] = [];
    for (const one of left) {
      const error = await attempt(session, one.text);
      if (error !== null && !isOwn(one, error)) failed.push({ one, error });
    }
    if (failed.length === 0) return;
    if (failed.length === left.length) {
      for (const { one, error } of failed) found((await withoutGiver(session, one)) ?? refused(one, error));
      return;
    }
    left = failed.map(({ one }) => one);
  }
}

const GIVEN = new RegExp(String.raw`^(GRANT ${NAME} TO [\s\S]+) GRANTED BY ${NAME}$`);

/** Since version 16 who gives a membership must have a right to it: what somebody else gave is given by the superuser. */
async function withoutGiver(session: Session, { text }: Statement): Promise<Finding | null> {
  const [, grant, role = '', giver = ''] = GIVEN.exec(text) ?? [];
  if (grant === undefined || (await attempt(session, grant)) !== null) return null;
  const name = decode(writeIdentifier(unquoteName(role)));
  return {
    code: 'OWNER_CHANGED',
    severity: 'INFO',
    database: null,
    object: name,
    message: `the membership in ${name} was given by ${decode(giver)} on the source, and by the superuser here: this version of PostgreSQL asks for a right to it`,
    remedy: null,
  };
}

/** Sets what holds in sessions of roles, when nothing is loaded any more. */
export async function applySettings(
  session: Session,
  statements: readonly string[],
  found: (finding: Finding) => void,
): Promise<void> {
  for (const text of statements) {
    const error = await attempt(session, text);
    if (error === null) continue;
    const role = unquoteName(new RegExp(`^ALTER ROLE ${NAME}`).exec(text)?.[1] ?? '');
    found({
      code: 'SETTING_LEFT_OUT',
      severity: 'WARNING',
      database: null,
      object: role === '' ? null : decode(writeIdentifier(role)),
      message: `a setting was left out: ${error.words}`,
      remedy: `${decode(text)};`,
    });
  }
}

const decode = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

async function attempt(session: Session, text: string): Promise<ServerError | null> {
  try {
    await session.run(asBytes(text));
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

const PASSWORD = / PASSWORD '/;

function refused({ text, line }: Statement, error: ServerError): Finding {
  const isGrant = text.startsWith('GRANT ');
  const role = unquoteName(new RegExp(`^(?:CREATE|ALTER) ROLE ${NAME}`).exec(text)?.[1] ?? '');
  return {
    code: isGrant ? 'PRIVILEGE_LEFT_OUT' : 'OBJECT_NOT_CARRIED',
    severity: 'WARNING',
    database: null,
    object: role === '' ? null : decode(writeIdentifier(role)),
    message: `line ${line} of the file of roles was refused: ${error.words}`,
    remedy: PASSWORD.test(text) ? null : `${decode(text)};`,
  };
}
