import * as z from 'zod';
import { decoderOf } from '../../guarded-postgres/decoder.ts';
import type { AdoptedObject, FactStatement } from '../facts/database-facts.ts';
import type { DumpFiles } from './data/dump-files.ts';
import { commandsOf, isGrant } from './entries/entry-commands.ts';
import { isEventTrigger, isLast, isLogged } from './entries/entry-kinds.ts';
import { EntryPaths } from './entries/entry-paths.ts';
import { objectOf, quoteName } from './entries/object-name.ts';
import { databaseSetting, pathsInDatabase } from './entries/search-paths.ts';
import { extensionAsOnSource, makeAdopted, runFactStatements, wholeDefinition } from './facts/apply-facts.ts';
import { settleFacts } from './facts/settle-facts.ts';
import type { Told } from './findings.ts';
import type { DatabaseToLoad, LoadGround, LoadParts } from './load-ground.ts';
import type { LoadSession } from './load-session.ts';
import { LoadSessions } from './load-sessions.ts';
import { agreeOnStorage } from './mend/agree-on-storage.ts';
import { type Mending, mend } from './mend/mend.ts';
import { settle } from './mend/settle.ts';
import { planStretch, stretchesOf } from './order/definitions.ts';
import { type Planned, planTasks } from './order/plan.ts';
import { runPlanned } from './order/run-planned.ts';
import { sortKilobytes } from './order/sort-memory.ts';
import { readTableSizes, type TableSizes } from './order/table-sizes.ts';
import { goesTogether, groupsOf, TOGETHER_AT_MOST } from './order/together.ts';
import { setDatabase } from './set-database.ts';
import { inOrderOf, type Task, taskOf } from './task.ts';
import type { Toc, TocEntry } from './toc/toc-entry.ts';

/** What belongs to so few rows, as stored, is done in no time. */
const SMALL_BYTES = 64 << 10;

const ExtensionSchema = z.tuple([z.string().transform((hex) => Buffer.from(hex, 'hex').toString('latin1'))]);

/** Loads the entries of one dump into its database, in phases. */
export class EntryLoader {
  private readonly sessions: LoadSessions;
  private readonly entries: ReadonlyMap<number, TocEntry>;
  private readonly decode: (bytes: string) => string;
  private readonly sizes: TableSizes;
  private readonly paths: EntryPaths;

  constructor(
    private readonly ground: LoadGround,
    private readonly database: DatabaseToLoad,
    private readonly toc: Toc,
    private readonly files: DumpFiles,
    private readonly told: Told,
  ) {
    this.entries = new Map(toc.entries.map((entry) => [entry.id, entry]));
    this.decode = decoderOf(toc.encoding);
    this.sizes = readTableSizes(database.facts?.sizes ?? [], (id) => this.entries.get(id));
    const ofDatabase = database.paths.database ?? databaseSetting(toc.entries, 'search_path');
    const roles = new Map([...database.paths.roles, ...pathsInDatabase(toc.entries)]);
    this.sessions = new LoadSessions(ground, database, toc, files);
    this.paths = new EntryPaths(database.facts?.meanings ?? [], { ...database.paths, database: ofDatabase, roles });
  }

  /** Loads all of it. Throws where the server itself fails. */
  async run(parts: LoadParts): Promise<void> {
    const session = await this.sessions.open();
    const mending = this.mending(session);
    const tasks = this.toc.entries
      .filter(({ kind }) => kind !== 'DATABASE' && kind !== 'DATABASE PROPERTIES')
      .map((entry) => this.task(entry));
    await this.factStatements(session, 'FIRST');
    const first = tasks.filter(({ entry }) => parts.first?.(entry) === true);
    const rest = tasks.filter((task) => !first.includes(task));
    if (first.length > 0) {
      await mend(mending, await this.inOrder(session, first));
      await parts.afterFirst?.(session.session);
    }
    const main = rest.filter(({ entry }) => !isGrant(entry) && !isLast(entry));
    let failed = await this.definitions(
      session,
      main.filter(({ entry }) => entry.section === 'PRE_DATA'),
    );
    failed = await this.tryAgain(session, failed);
    await this.factStatements(session, 'BEFORE_ROWS');
    await this.sessions.computeLikeSource();
    failed.push(
      ...(await this.sideBySide(main.filter(({ entry }) => entry.section === 'DATA' || entry.section === 'POST_DATA'))),
    );
    failed.push(
      ...(await this.inOrder(
        session,
        main.filter(({ entry }) => entry.section === 'NONE'),
      )),
    );
    if (failed.length > 0) await mend(mending, inOrderOf(main, failed));
    const grants = rest.filter(({ entry }) => isGrant(entry));
    const refused = await this.inOrder(session, grants);
    if (refused.length > 0) await mend(mending, refused);
    const late = rest.filter(({ entry }) => !isGrant(entry) && isLast(entry));
    for (const tasks of [
      late.filter(({ entry }) => !isEventTrigger(entry)),
      late.filter(({ entry }) => isEventTrigger(entry)),
    ]) {
      const left = await this.sideBySide(tasks);
      if (left.length > 0) await mend(mending, left);
    }
    await this.sessions.computeLikeAnybody();
    const { facts } = this.database;
    if (facts !== null) await settleFacts(session, this.told, facts, this.toc);
    await parts.afterAll?.(session, this.told);
    await setDatabase(session, this.told, this.toc.entries, quoteName(this.database.name.key));
  }

  close(): Promise<void> {
    return this.sessions.close();
  }

  private task(entry: TocEntry): Task {
    const isOwnTable =
      entry.kind === 'TABLE DATA' && entry.dependsOn.some((id) => this.entries.get(id)?.kind === 'TABLE');
    const whole = wholeDefinition(this.database.facts, entry);
    return taskOf(entry, () => commandsOf(whole, (id) => this.entries.get(id)), isOwnTable);
  }

  private mending(session: LoadSession): Mending {
    return {
      session,
      files: this.files,
      told: this.told,
      triesOf: (task) => this.paths.triesFor(task.entry),
      takenAway: new Map(),
      givenUp: new Set(),
      weakened: new Set(),
    };
  }

  private async perform(session: LoadSession, task: Task): Promise<boolean> {
    const { entry } = task;
    const object = this.decode(objectOf(entry));
    const label =
      entry.file === null
        ? `creating ${entry.kind} ${object}`
        : `restoring ${entry.kind === 'BLOBS' ? 'large objects' : `table ${object}`}`;
    this.ground.doing(label);
    if (isLogged(entry)) this.ground.log(label);
    const asOnSource = entry.kind === 'EXTENSION' ? extensionAsOnSource(this.database.facts, entry.tag) : null;
    if (asOnSource !== null) await session.attempt(asOnSource);
    const [path = ''] = this.paths.triesFor(entry);
    return session.perform(task, path);
  }

  private async factStatements(session: LoadSession, stage: FactStatement['stage']): Promise<void> {
    const { facts } = this.database;
    if (facts !== null) await runFactStatements(session, this.told, facts, stage, this.toc.encoding);
  }

  /** One after the other; gives those that failed. */
  private async inOrder(session: LoadSession, tasks: readonly Task[]): Promise<Task[]> {
    const failed: Task[] = [];
    for (const group of groupsOf(tasks, (task) => this.mayShare(task))) {
      failed.push(...(await this.performAll(session, group)));
    }
    return failed;
  }

  /** In their order, but for long stretches of tables, which all sessions share. Gives those that failed. */
  private async definitions(session: LoadSession, tasks: readonly Task[]): Promise<Task[]> {
    const failed: Task[] = [];
    for (const stretch of stretchesOf(tasks, (task) => this.mayShare(task))) {
      if (!stretch.isSideBySide || this.database.width < 2) {
        failed.push(...(await this.inOrder(session, stretch.tasks)));
        continue;
      }
      const planned = planStretch(stretch.tasks, (id) => this.entries.get(id));
      failed.push(...(await this.runBy(await this.sessions.upTo(stretch.tasks.length), planned)));
    }
    return failed;
  }

  private mayShare(task: Task): boolean {
    return goesTogether(task) && !this.paths.isMeant(task.entry);
  }

  /** Several in one message; where the server refuses one of them, one by one. Gives those that failed. */
  private async performAll(session: LoadSession, group: readonly Task[]): Promise<readonly Task[]> {
    const [first] = group;
    if (first !== undefined && group.length > 1) {
      this.ground.doing(
        `creating ${first.entry.kind} ${this.decode(objectOf(first.entry))} and ${group.length - 1} more`,
      );
      if (await session.performTogether(group)) return [];
    }
    const failed: Task[] = [];
    for (const task of group) if (!(await this.perform(session, task))) failed.push(task);
    return failed;
  }

  /** What the rows need is tried again before they come, with what users gave to extensions. */
  private async tryAgain(session: LoadSession, failed: readonly Task[]): Promise<Task[]> {
    const { facts } = this.database;
    let adopted: readonly AdoptedObject[] = facts?.adopted ?? [];
    if (failed.length === 0 && adopted.length === 0) return [];
    await this.readExtensionSchemas(session);
    let left = [...failed];
    for (;;) {
      const before = adopted.length + left.length;
      adopted = await makeAdopted(session, facts, adopted, this.toc.encoding);
      left = await settle(session, left, (task) => this.paths.triesFor(task.entry));
      const still: Task[] = [];
      for (const task of left) if (!(await agreeOnStorage(session, task))) still.push(task);
      left = still;
      if (adopted.length + left.length === before || left.length + adopted.length === 0) return left;
    }
  }

  private async sideBySide(tasks: readonly Task[]): Promise<Task[]> {
    if (tasks.length === 0) return [];
    const sessions = await this.sessions.upTo(tasks.length);
    const [session] = sessions;
    if (session !== undefined) await this.readExtensionSchemas(session);
    // Of a table with many partitions each is asked for again and again.
    const sizes = new Map<number, number>();
    for (const { entry } of tasks) if (entry.file !== null) sizes.set(entry.id, this.files.sizeOf(entry.file));
    const sizeOf = ({ entry }: Task) => sizes.get(entry.id) ?? 0;
    const plan = {
      stored: sizeOf,
      work: (task: Task) => this.sizes.work(task, sizeOf(task)),
      staysInMemory: this.database.staysInMemory ?? false,
    };
    return this.runBy(sessions, planTasks(tasks, plan, this.toc.entries));
  }

  private runBy(sessions: readonly LoadSession[], planned: readonly Planned[]): Promise<Task[]> {
    return runPlanned(
      planned,
      sessions.map((one) => async (group, isAlone) => {
        const [first] = group;
        if (first !== undefined)
          await one.sortIn(isAlone ? null : sortKilobytes(first.entry, this.sizes.bytesBehind(first.entry)));
        return this.performAll(one, group);
      }),
      { mayShare: ({ task, weight }) => weight < SMALL_BYTES && this.mayShare(task), atMost: TOGETHER_AT_MOST },
    );
  }

  private async readExtensionSchemas(session: LoadSession): Promise<void> {
    const found = await session.session.ask({
      sql: `SELECT DISTINCT pg_catalog.encode(pg_catalog.textsend(n.nspname), 'hex') FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog' ORDER BY 1`,
      row: ExtensionSchema,
    });
    this.paths.extensionSchemas = found.map(([schema]) => schema);
  }
}
