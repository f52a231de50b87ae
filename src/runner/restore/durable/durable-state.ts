import { createReadStream } from 'node:fs';
import * as z from 'zod';
import type { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import type { Report } from '../../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../../attempt/failure.ts';
import { quietly } from '../../background-work/quietly.ts';
import { asBytes, refusalOf } from '../../load/load-session.ts';
import { splitList, unquoteElement } from '../../server/library-list.ts';
import { CANCEL_FUNCTIONS, COUNT_CANCELLED } from './cancel-functions.ts';
import type { ImageState, StateTable } from './image-state.ts';

/** What becomes of the functions that had not ended, and whether the extension may be of another version. */
export interface DurableWish {
  readonly functions: 'RESUME' | 'CANCEL';
  readonly allowUpgrade: boolean;
}

const word = z.tuple([z.string()]);
const DEFAULT_VERSION = `SELECT default_version FROM pg_catalog.pg_available_extensions WHERE name = 'pg_durable'`;
const FIRST_ENGINE_SCHEMA = '0.2.2';
/** Without these there are no functions. */
const NEEDED: ReadonlySet<string> = new Set(['df.instances', 'df.nodes']);

async function askWord(session: Session, sql: string): Promise<string | null> {
  return (await session.ask({ sql, row: word }))[0]?.[0] ?? null;
}

async function attempt(session: Session, sql: string): Promise<ServerError | null> {
  try {
    await session.run(asBytes(sql), null);
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

/** Before anything is loaded: state of one version is not put into another without leave. Throws a final failure. */
export async function checkDurable(
  session: Session,
  state: ImageState,
  libraries: string,
  wish: DurableWish,
): Promise<void> {
  const { version } = state;
  const here = await askWord(session, DEFAULT_VERSION);
  if (here === null) throw finalFailure(`the image has pg_durable ${version}, and this server has no pg_durable`);
  if (!splitList(libraries).map(unquoteElement).includes('pg_durable')) {
    throw finalFailure('the image has pg_durable, and its library was not loaded on the source');
  }
  if (here === version || wish.allowUpgrade) return;
  throw finalFailure(
    `the image was taken with pg_durable ${version}, and this server has ${here}: restore it on a server with ${version}, or allow the other version with allowExtensionUpgrade: true`,
  );
}

/** The state of one database on its way: the extension first, then all else, then its rows. */
export class DurableRestore {
  private upgrade = false;

  constructor(
    private readonly state: ImageState,
    private readonly wish: DurableWish,
    private readonly report: Report,
    private readonly database: string,
  ) {}

  /** The extension in the version of the source and with the same schema for its engine, where this server can. */
  async makeAsOnSource(session: Session): Promise<void> {
    const { version, engine } = this.state;
    const made = await askWord(session, `SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'pg_durable'`);
    if (made === null) throw finalFailure('the image holds the state of pg_durable and not the extension itself');
    // It is made in the version of the source, and goes to that of this server when its rows are there.
    this.upgrade = (await askWord(session, DEFAULT_VERSION)) !== version;
    const here = await this.engineOf(session);
    if (made === version && here === engine) return;
    if (await this.remake(session, `VERSION '${version}'`)) return;
    // An installation that began with that version or earlier keeps its engine where it had it.
    const update = `ALTER EXTENSION pg_durable UPDATE TO '${version}';`;
    if (await this.remake(session, `VERSION '${FIRST_ENGINE_SCHEMA}'`, update)) return;
    if (here === engine) return;
    throw finalFailure(
      `pg_durable ${version} of the image keeps its engine in schema ${engine}, and the one of this server cannot be made so`,
    );
  }

  /** The saved rows in one transaction; what is then to become of the functions is done in the same. */
  async putBack(session: Session): Promise<void> {
    const { report, database, state, wish } = this;
    const taken: StateTable[] = [];
    for (const table of state.tables) if (await this.hasPlace(session, table)) taken.push(table);
    report.log(`${database}: putting back the state of pg_durable`);
    let cancelled = '0';
    try {
      await quietly(session, async () => {
        await session.run('BEGIN');
        await session.run(`SET LOCAL client_encoding = '${state.encoding}'`);
        for (const { table, columns, path } of taken) {
          await session.run(asBytes(`DELETE FROM ONLY ${table}`), null);
          await session.copyIn(asBytes(`COPY ${table} (${columns}) FROM STDIN`), createReadStream(path));
        }
        if (this.upgrade) await session.run('ALTER EXTENSION pg_durable UPDATE', null);
        if (wish.functions === 'CANCEL') {
          await session.run(`SET LOCAL toygres.engine = '${state.engine}'`);
          await session.run(CANCEL_FUNCTIONS, null);
          cancelled = (await askWord(session, COUNT_CANCELLED)) ?? '0';
        }
        await session.run('COMMIT', null);
      });
    } catch (error) {
      const { words } = refusalOf(error);
      throw new JobFailure(`the state of pg_durable in database ${database} could not be put back: ${words}`, {
        cause: error,
      });
    }
    await this.tell(session, cancelled);
  }

  private async engineOf(session: Session): Promise<string> {
    const told = await askWord(
      session,
      `SELECT CASE WHEN to_regprocedure('df.duroxide_schema()') IS NULL THEN 'duroxide' ELSE '' END`,
    );
    if (told === 'duroxide') return told;
    return (await askWord(session, 'SELECT df.duroxide_schema()')) ?? '';
  }

  /** False, with nothing changed, where that is not to be had or has its engine elsewhere. */
  private async remake(session: Session, version: string, then = ''): Promise<boolean> {
    const refusal = await attempt(
      session,
      `BEGIN; DROP EXTENSION pg_durable; CREATE EXTENSION pg_durable ${version}; ${then}
       SELECT 1 / (to_regnamespace('${this.state.engine}') IS NOT NULL)::int; COMMIT;`,
    );
    if (refusal !== null) await session.run('ROLLBACK');
    return refusal === null;
  }

  /** Of a table that somebody added to the extension on the source it may have none; of its own ones it must. */
  private async hasPlace(session: Session, { table, columns }: StateTable): Promise<boolean> {
    const refusal = await attempt(session, `SELECT FROM (SELECT ${columns} FROM ONLY ${table} LIMIT 0) AS place`);
    if (refusal === null) return true;
    if (NEEDED.has(table)) {
      throw finalFailure(`the rows of ${table} do not fit pg_durable of this server: ${refusal.words}`);
    }
    const name = Buffer.from(table, 'latin1').toString('utf8');
    this.report.notice(
      `the rows of ${name}, which extension pg_durable had on the source, have no place here and were left out: ${refusal.words}`,
    );
    return false;
  }

  /** What came of versions and functions, as notices. */
  private async tell(session: Session, cancelled: string): Promise<void> {
    const { report, state, wish } = this;
    if (this.upgrade) {
      const now = await askWord(session, `SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'pg_durable'`);
      report.notice(
        `pg_durable is of version ${now ?? 'unknown'} now; the image was taken with ${state.version} (ALTER EXTENSION ... UPDATE)`,
      );
    }
    if (wish.functions === 'CANCEL') {
      if (cancelled !== '0') {
        report.notice(`${cancelled} durable functions that had not ended were cancelled; no step of them ran here`);
      }
      return;
    }
    const unfinished = await askWord(
      session,
      `SELECT count(*) FROM df.instances WHERE status NOT IN ('completed', 'failed', 'cancelled')`,
    );
    if (unfinished !== null && unfinished !== '0') {
      report.notice(`${unfinished} durable functions that had not ended go on here`);
    }
  }
}
