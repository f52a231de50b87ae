import { computeLikeAnybody, computeLikeSource } from './compute-like-source.ts';
import type { DumpFiles } from './data/dump-files.ts';
import type { DatabaseToLoad, LoadGround } from './load-ground.ts';
import { LoadSession } from './load-session.ts';
import type { Toc } from './toc/toc-entry.ts';

/** The sessions by which one database is loaded. */
export class LoadSessions {
  private readonly opened: LoadSession[] = [];
  private valuesLikeOnSource = false;

  constructor(
    private readonly ground: LoadGround,
    private readonly database: DatabaseToLoad,
    private readonly toc: Toc,
    private readonly files: DumpFiles,
  ) {}

  /** One more. */
  async open(): Promise<LoadSession> {
    const settings = {
      // What RESET leads back to is as people have it: the script of postgis_topology builds upon that.
      search_path: '"$user", public',
      client_encoding: this.toc.encoding,
      standard_conforming_strings: this.toc.standardStrings ? 'on' : 'off',
      // From a superuser no row is hidden; code that runs as another one sees those that it saw on the source.
      row_security: 'on',
      // What a crash takes is loaded anew.
      synchronous_commit: 'off',
    };
    const session = await this.ground.open(this.database.name, settings);
    await session.run(`SELECT pg_catalog.set_config('search_path', '', false)`);
    const opened = new LoadSession(session, this.files);
    this.opened.push(opened);
    if (this.valuesLikeOnSource) await this.setLikeSource(opened);
    return opened;
  }

  /** All of them, when there are as many as may load at once, or as there are tasks. */
  async upTo(tasks: number): Promise<readonly LoadSession[]> {
    while (this.opened.length < Math.min(this.database.width, tasks)) await this.open();
    return this.opened;
  }

  /** From now on values are computed as on the source, in those that are opened later, too. */
  async computeLikeSource(): Promise<void> {
    this.valuesLikeOnSource = true;
    for (const one of this.opened) await this.setLikeSource(one);
  }

  /** Those that are there compute as sessions of ours do. */
  async computeLikeAnybody(): Promise<void> {
    for (const one of this.opened) await computeLikeAnybody(one);
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map(({ session }) => session.close()));
  }

  private setLikeSource(session: LoadSession): Promise<void> {
    return computeLikeSource(session, this.toc.entries, this.database.settings ?? new Map());
  }
}
