import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import type { DumpFiles } from './data/dump-files.ts';
import { loadLargeObjects } from './data/large-objects.ts';
import { type Command, isGrant } from './entries/entry-commands.ts';
import { quoteName } from './entries/object-name.ts';
import type { Task } from './task.ts';

/**
 * Errors that say nothing of the object: no room, a server that ends, a disk that fails. Trying again is for the job. A connection
 * that fails is not among them: ours ends without an answer, and what is answered so is of a server that an object asks.
 */
const OF_THE_SERVER = /^(?:53[12]00|57P0[1-5]|58000|58030|XX001|XX002)$/;

/** Below this, as stored, the log of a table's rows costs less than another file for the table. */
const WORTH_EMPTYING = 256 << 10;

/** Text of SQL with one byte a character, as the table of contents has it. */
export const asBytes = (text: string) => Buffer.from(text, 'latin1');

/** A session that loads: with an empty search_path unless another is asked for. */
export class LoadSession {
  private sort: string | null = null;

  constructor(
    readonly session: Session,
    private readonly files: DumpFiles,
  ) {}

  /** Does what is left of the task. False where the server refused something; throws where it is the server that fails. */
  async perform(task: Task, path = ''): Promise<boolean> {
    try {
      await this.usePath(path);
      if (task.entry.file !== null) await this.load(task);
      else await this.command(task);
      task.failure = null;
      return task.left.length === 0;
    } catch (error) {
      task.failure = refusalOf(error);
      return false;
    }
  }

  /** Does several tasks in one message, which is one transaction. False, and nothing is done, where the server refused one. */
  async performTogether(tasks: readonly Task[]): Promise<boolean> {
    try {
      await this.usePath('');
      const commands = tasks.flatMap(({ left }) => left.map(({ sql }) => sql));
      // A command may end in a comment.
      await this.session.run(asBytes(commands.map((sql) => sql.replace(/;?\s*$/, '\n;')).join('\n')), null);
    } catch (error) {
      refusalOf(error);
      return false;
    }
    for (const task of tasks) {
      task.left = [];
      task.failure = null;
    }
    return true;
  }

  /** Runs a statement of ours or of the dump; gives the server's refusal, or null. */
  async attempt(sql: string, path = ''): Promise<ServerError | null> {
    try {
      await this.usePath(path);
      await this.session.run(asBytes(sql), null);
      return null;
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** The rows of a table from what `rows` gives. Throws as the session does. */
  async copy(task: Task, rows: AsyncIterable<Buffer>, isWhole = true): Promise<void> {
    const { entry } = task;
    const isLarge = entry.file !== null && this.files.sizeOf(entry.file) >= WORTH_EMPTYING;
    const empties =
      isWhole &&
      isLarge &&
      task.isOwnTable &&
      task.keepsRows !== true &&
      !entry.define.startsWith('-- load via partition root ');
    const table = [entry.namespace, entry.tag].flatMap((name) => (name === null ? [] : [quoteName(name)])).join('.');
    // What is emptied in the same transaction needs no log of its rows, and nobody has to look later whether they are to be seen.
    try {
      if (empties) await this.session.run(asBytes(`BEGIN; TRUNCATE TABLE ONLY ${table};`), null);
      await this.session.copyIn(asBytes(empties ? frozen(entry.copy) : entry.copy), rows);
      if (empties) await this.session.run('COMMIT', null);
    } catch (error) {
      if (empties) await this.session.run('ROLLBACK', null).catch(() => undefined);
      throw error;
    }
  }

  /** What indexes are sorted in from now on, by the one process of this session; null: as the server has it, for several. */
  async sortIn(kilobytes: number | null): Promise<void> {
    const wanted = kilobytes === null ? null : String(kilobytes);
    if (wanted === this.sort) return;
    await this.session.run(
      wanted === null
        ? 'RESET maintenance_work_mem; RESET max_parallel_maintenance_workers'
        : `SET maintenance_work_mem TO ${wanted}; SET max_parallel_maintenance_workers TO 0`,
    );
    this.sort = wanted;
  }

  private async load(task: Task): Promise<void> {
    const { entry } = task;
    const file = entry.file ?? '';
    if (entry.kind === 'BLOBS') await loadLargeObjects(this.session, this.files, file);
    else await this.copy(task, this.files.readOnce(file));
    task.left = [];
  }

  /** The commands in their order; a grant that is refused keeps no other one back. */
  private async command(task: Task): Promise<void> {
    const refused: Command[] = [];
    let failure: unknown = null;
    while (task.left.length > 0) {
      const [next, ...rest] = task.left;
      if (next === undefined) break;
      try {
        await this.session.run(asBytes(next.sql), null);
      } catch (error) {
        if (!isGrant(task.entry)) throw error;
        refusalOf(error);
        failure ??= error;
        refused.push(next);
      }
      task.left = rest;
    }
    task.left = refused;
    if (failure !== null) throw failure;
  }

  /**
   * What names are looked up by from now on; empty: PostgreSQL's own catalogue alone. Said each time: code of extensions and of
   * users is run here as well, and what it sets stays.
   */
  async usePath(path: string): Promise<void> {
    await this.session.run(
      asBytes(path === '' ? `SELECT pg_catalog.set_config('search_path', '', false)` : `SET search_path TO ${path}`),
    );
  }
}

/** As pg_dump writes it; any other stays as it is. */
const frozen = (copy: string) => copy.replace(/ FROM stdin;\s*$/, ' FROM stdin WITH (FREEZE);');

/** The error where it is the server's answer to a statement; thrown on where it is of the server itself. */
export function refusalOf(error: unknown): ServerError {
  if (
    error instanceof ServerError &&
    !OF_THE_SERVER.test(error.code) &&
    error.severity !== 'FATAL' &&
    error.severity !== 'PANIC'
  ) {
    return error;
  }
  throw error;
}
