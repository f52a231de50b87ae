import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { RawName } from '../../guarded-postgres/raw-name.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import type { DatabaseFacts, FactStatement } from '../facts/database-facts.ts';
import { type Arriving, type DumpFiles, openDumpFiles } from './data/dump-files.ts';
import { commandsOf, isGrant } from './entries/entry-commands.ts';
import { objectOf, quoteName } from './entries/object-name.ts';
import { pathsFor, type SourcePaths } from './entries/search-paths.ts';
import {
  compareMeanings,
  compareMembers,
  extensionAsOnSource,
  runFactStatements,
  settleExtensions,
} from './facts/apply-facts.ts';
import { decoderOf, type Told, tellFindings } from './findings.ts';
import { LoadSession, type Task } from './load-session.ts';
import { type Mending, mend } from './mend/mend.ts';
import { settle } from './mend/settle.ts';
import { planTasks } from './order/plan.ts';
import { runPlanned } from './order/run-planned.ts';
import { goesTogether, groupsOf, TOGETHER_AT_MOST } from './order/together.ts';
import { splitStatements } from './statements/split-statements.ts';
import { readToc } from './toc/read-toc.ts';
import type { Toc, TocEntry } from './toc/toc-entry.ts';

/** What belongs to so few rows, as stored, is done in no time. */
const SMALL_BYTES = 64 << 10;

/** A database that is to be loaded. */
export interface DatabaseToLoad {
  /** pg_dump's directory. */
  readonly directory: string;
  /** Its files that may still be on their way. */
  readonly arriving?: Arriving;
  readonly name: RawName;
  /** How many sessions load it at once. */
  readonly width: number;
  readonly paths: SourcePaths;
  /** What is known of it beside its dump; null for an image of before that was looked for. */
  readonly facts: DatabaseFacts | null;
}

/** What loading needs, and whom it tells. */
export interface LoadGround {
  /** Opens a session of the new server. `database` null: one to make databases from. */
  open(database: RawName | null, settings: Readonly<Record<string, string>>): Promise<Session>;
  /** What is done at the moment, for people. */
  doing(text: string): void;
  /** Something that began to be done, for the log. */
  log(text: string): void;
  found(finding: Finding): void;
}

/** Ways to take part in a load: with the session that the definitions came through. */
export interface LoadParts {
  /** Entries that come before all others. */
  readonly first?: (entry: TocEntry) => boolean;
  readonly afterFirst?: (session: Session) => Promise<void>;
  readonly afterAll?: (session: LoadSession, told: Told) => Promise<void>;
}

/** Worth a line of the log. */
const LOGGED: ReadonlySet<string> = new Set([
  'TABLE DATA',
  'INDEX',
  'CONSTRAINT',
  'FK CONSTRAINT',
  'MATERIALIZED VIEW DATA',
  'BLOBS',
]);
const LAST: ReadonlySet<string> = new Set(['EVENT TRIGGER', 'MATERIALIZED VIEW DATA', 'STATISTICS DATA']);

/** What is parsed anew when it is made. */
const MEANT: ReadonlySet<string> = new Set([
  'VIEW',
  'MATERIALIZED VIEW',
  'RULE',
  'TABLE',
  'DEFAULT',
  'INDEX',
  'POLICY',
  'CONSTRAINT',
  'CHECK CONSTRAINT',
]);

const isLast = ({ kind, tag }: TocEntry) => LAST.has(kind) || tag.startsWith('EVENT TRIGGER ');

/**
 * Makes a database from its dump and loads it, entry by entry. What the server refuses is tried again, mended or told, and
 * costs nothing else. Throws where the server itself fails, and TocError for a dump that is none.
 */
export async function loadDatabase(ground: LoadGround, database: DatabaseToLoad, parts: LoadParts = {}): Promise<void> {
  const toc = readToc(await readFile(path.join(database.directory, 'toc.dat')));
  const files = await openDumpFiles(database.directory, database.arriving);
  const told = tellFindings(database.name.text, toc.encoding, (finding) => ground.found(finding));
  await makeDatabase(ground, toc, told);
  const loader = new Loader(ground, database, toc, files, told);
  try {
    await loader.run(parts);
  } finally {
    await loader.close();
  }
}

/** The database itself; where its locale is not to be had here, with the plainest. */
async function makeDatabase(ground: LoadGround, toc: Toc, told: Told): Promise<void> {
  const entry = toc.entries.find(({ kind }) => kind === 'DATABASE');
  if (entry === undefined) return;
  const session = await ground.open(null, { search_path: '', client_encoding: 'SQL_ASCII' });
  try {
    const maker = new LoadSession(session, { sizeOf: () => 0, read: () => none(), text: async () => null });
    const refusal = await maker.attempt(entry.define);
    if (refusal === null) return;
    const encoding = /ENCODING = ('[^']*')/.exec(entry.define)?.[1] ?? "'UTF8'";
    const plain = `CREATE DATABASE ${quoteName(entry.tag)} TEMPLATE template0 ENCODING ${encoding} LOCALE_PROVIDER libc LOCALE 'C'`;
    if ((await maker.attempt(plain)) !== null) throw refusal;
    told.tell({
      code: 'LOCALE_CHANGED',
      severity: 'WARNING',
      object: quoteName(entry.tag),
      says: 'has the locale C here: texts are sorted by their bytes',
      cause: refusal,
      remedy: null,
    });
  } finally {
    await session.close();
  }
}

async function* none(): AsyncGenerator<Buffer> {}

const ExtensionSchema = z.tuple([z.string().transform((hex) => Buffer.from(hex, 'hex').toString('latin1'))]);

class Loader {
  private readonly sessions: LoadSession[] = [];
  private readonly entries: ReadonlyMap<number, TocEntry>;
  private readonly decode: (bytes: string) => string;
  private readonly meant: ReadonlySet<string>;
  private extensionSchemas: readonly string[] = [];

  constructor(
    private readonly ground: LoadGround,
    private readonly database: DatabaseToLoad,
    private readonly toc: Toc,
    private readonly files: DumpFiles,
    private readonly told: Told,
  ) {
    this.entries = new Map(toc.entries.map((entry) => [entry.id, entry]));
    this.decode = decoderOf(toc.encoding);
    const meanings = database.facts?.meanings ?? [];
    this.meant = new Set(meanings.map(({ schema, name }) => Buffer.from(`${schema}.${name}`).toString('latin1')));
  }

  async run(parts: LoadParts): Promise<void> {
    const session = await this.openSession();
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
    let failed = await this.inOrder(
      session,
      main.filter(({ entry }) => entry.section === 'PRE_DATA'),
    );
    if (failed.length > 0) failed = await this.tryAgain(session, failed);
    await this.factStatements(session, 'BEFORE_ROWS');
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
    const late = await this.sideBySide(rest.filter(({ entry }) => !isGrant(entry) && isLast(entry)));
    if (late.length > 0) await mend(mending, late);
    const { facts } = this.database;
    if (facts !== null) {
      await this.factStatements(session, 'LAST');
      await settleExtensions(session, this.told, facts, this.toc.encoding);
      const isSameMajor = majorOf(this.toc.serverVersion) === majorOf(session.session.serverVersion ?? '');
      await compareMembers(session, this.told, facts, this.toc.encoding, isSameMajor);
      await compareMeanings(session, this.told, facts, this.toc.encoding);
    }
    await parts.afterAll?.(session, this.told);
    await this.settings(session);
  }

  async close(): Promise<void> {
    await Promise.all(this.sessions.map(({ session }) => session.close()));
  }

  private async openSession(): Promise<LoadSession> {
    const settings = {
      search_path: '',
      client_encoding: this.toc.encoding,
      standard_conforming_strings: this.toc.standardStrings ? 'on' : 'off',
    };
    const opened = new LoadSession(await this.ground.open(this.database.name, settings), this.files);
    this.sessions.push(opened);
    return opened;
  }

  private task(entry: TocEntry): Task {
    const isOwnTable =
      entry.kind === 'TABLE DATA' && entry.dependsOn.some((id) => this.entries.get(id)?.kind === 'TABLE');
    return { entry, left: commandsOf(entry, (id) => this.entries.get(id)), failure: null, isOwnTable };
  }

  private mending(session: LoadSession): Mending {
    return {
      session,
      files: this.files,
      told: this.told,
      pathsOf: (task) => pathsFor(task.entry, this.database.paths, this.extensionSchemas),
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
    if (LOGGED.has(entry.kind)) this.ground.log(label);
    const asOnSource = entry.kind === 'EXTENSION' ? extensionAsOnSource(this.database.facts, entry.tag) : null;
    if (asOnSource !== null) await session.attempt(asOnSource);
    const [path] = this.isMeant(entry) ? pathsFor(entry, this.database.paths, this.extensionSchemas) : [];
    return session.perform(task, path ?? '');
  }

  /** Whether the definition uses what is no part of PostgreSQL, and so means what the source's search_path made of it. */
  private isMeant({ kind, namespace, tag }: TocEntry): boolean {
    if (!MEANT.has(kind)) return false;
    return (
      this.meant.has(`${namespace ?? ''}.${tag}`) || this.meant.has(`${namespace ?? ''}.${tag.split(' ')[0] ?? ''}`)
    );
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

  private mayShare(task: Task): boolean {
    return goesTogether(task) && !this.isMeant(task.entry);
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

  /** What the rows need is tried again before they come. */
  private async tryAgain(session: LoadSession, failed: readonly Task[]): Promise<Task[]> {
    await this.readExtensionSchemas(session);
    return settle(session, failed, (task) => pathsFor(task.entry, this.database.paths, this.extensionSchemas));
  }

  private async sideBySide(tasks: readonly Task[]): Promise<Task[]> {
    if (tasks.length === 0) return [];
    while (this.sessions.length < Math.min(this.database.width, tasks.length)) await this.openSession();
    const [session] = this.sessions;
    if (session !== undefined) await this.readExtensionSchemas(session);
    const sizeOf = ({ entry }: Task) => (entry.file === null ? 0 : this.files.sizeOf(entry.file));
    const planned = planTasks(tasks, sizeOf, this.toc.entries);
    return runPlanned(
      planned,
      this.sessions.map((one) => (group) => this.performAll(one, group)),
      { mayShare: ({ task, weight }) => weight < SMALL_BYTES && this.mayShare(task), atMost: TOGETHER_AT_MOST },
    );
  }

  private async readExtensionSchemas(session: LoadSession): Promise<void> {
    const found = await session.session.ask({
      sql: `SELECT DISTINCT pg_catalog.encode(pg_catalog.textsend(n.nspname), 'hex') FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog' ORDER BY 1`,
      row: ExtensionSchema,
    });
    this.extensionSchemas = found.map(([schema]) => schema);
  }

  /** What the database and its roles are set to comes last: nothing of it is to bend what is loaded. */
  private async settings(session: LoadSession): Promise<void> {
    for (const entry of this.toc.entries.filter(({ kind }) => kind === 'DATABASE' || kind === 'DATABASE PROPERTIES')) {
      const commands = commandsOf(entry, (id) => this.entries.get(id));
      const texts =
        entry.kind === 'DATABASE'
          ? commands.filter(({ role }) => role === 'own').map(({ sql }) => sql)
          : splitStatements(entry.define).map(({ text }) => `${text};`);
      for (const sql of texts) {
        const refusal = await session.attempt(sql);
        if (refusal === null) continue;
        this.told.tell({
          code: entry.kind === 'DATABASE' ? 'OWNER_CHANGED' : 'SETTING_LEFT_OUT',
          severity: 'WARNING',
          object: quoteName(this.database.name.key),
          says: entry.kind === 'DATABASE' ? 'does not belong to its owner here' : 'lacks a setting',
          cause: refusal,
          remedy: sql,
        });
      }
    }
  }
}

const majorOf = (version: string) => Number.parseInt(version, 10);

function inOrderOf(all: readonly Task[], some: readonly Task[]): Task[] {
  const wanted = new Set(some);
  return all.filter((task) => wanted.has(task));
}
