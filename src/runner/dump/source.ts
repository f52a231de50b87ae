import type { DurableState, ManifestExtension } from '../../../jobs/ports/source-facts.ts';
import type { RawName } from '../../guarded-postgres/raw-name.ts';
import type { Login } from '../../guarded-postgres/session.ts';
import type { Attempt } from '../attempt/attempt.ts';
import type { SizeWatch } from '../attempt/size-budget.ts';
import type { OutgoingFiles } from '../backup/outgoing-files.ts';
import type { AcceptedLoss } from '../catalogue/accept-loss.ts';
import type { RoleRow } from '../catalogue/roles.ts';
import type { RateLimit } from './hold-to-rate.ts';

/** The server that an image is taken of, and what the dump of each of its databases shares. */
export interface DumpGround {
  readonly attempt: Attempt;
  readonly login: Login;
  /** The server's. */
  readonly major: number;
  readonly toolEnvironment: Readonly<Record<string, string>>;
  readonly compression: string;
  /** Files of the image as they will lie below its prefix. */
  readonly directory: string;
  readonly files: OutgoingFiles;
  readonly acceptLoss: AcceptedLoss;
  /** Null: as fast as it can. */
  readonly rate: RateLimit | null;
  /** Ends the image when the server sends more than it may. */
  readonly sizes: SizeWatch;
  /** How long a dump waits for a lock. */
  readonly lockPatienceMs: number;
  /** Aborted when another database failed. */
  readonly signal: AbortSignal;
}

export interface SourceDatabase {
  readonly oid: number;
  readonly name: RawName;
  readonly encoding: string;
  readonly sizeBytes: number;
}

/** What was learnt of a database while it was dumped. */
export interface DumpedDatabase {
  readonly database: SourceDatabase;
  /** Roles that the dump names. */
  readonly roles: readonly RoleRow[];
  readonly extensions: readonly ManifestExtension[];
  readonly durable: DurableState | null;
}
