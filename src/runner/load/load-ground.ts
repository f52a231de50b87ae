import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { RawName } from '../../guarded-postgres/raw-name.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import type { Intake } from '../attempt/size-budget.ts';
import type { DatabaseFacts } from '../facts/database-facts.ts';
import type { Arriving } from './data/dump-files.ts';
import type { SourcePaths } from './entries/search-paths.ts';
import type { Told } from './findings.ts';
import type { LoadSession } from './load-session.ts';
import type { TocEntry } from './toc/toc-entry.ts';

/** A database that is to be loaded. */
export interface DatabaseToLoad {
  /** pg_dump's directory. */
  readonly directory: string;
  /** Its files that may still be on their way. */
  readonly arriving?: Arriving;
  /** Counts what they unpack to. */
  readonly intake?: Intake;
  readonly name: RawName;
  /** How many sessions load it at once. */
  readonly width: number;
  /** Whether there is room for all of it in memory; left out: nobody knows. */
  readonly staysInMemory?: boolean;
  readonly paths: SourcePaths;
  /** What the source's server had set of its own, by the names that PostgreSQL writes. */
  readonly settings?: ReadonlyMap<string, string>;
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
