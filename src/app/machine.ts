import { realpath } from 'node:fs/promises';
import { AppError } from '../../schema/errors.ts';
import type { Config } from '../config/env.ts';
import { ensureDebianPackages } from '../embedded/debian-packages.ts';
import type { Home } from '../embedded/home.ts';
import type { Logger } from '../log/logger.ts';
import { ensureAzcopy } from '../platform/local/jobs/azcopy.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../postgres-programs/find.ts';
import { type ProcessIdentity, readServerIdentity } from '../postgres-programs/identity.ts';

/** What this machine has for running PostgreSQL and jobs. */
export interface Machine {
  readonly programs: readonly PostgresPrograms[];
  readonly azcopyPath: string;
  readonly identity: ProcessIdentity | null;
}

/** Another PostgreSQL than the one that was asked for must not be used without a word. */
async function requireUsed(configured: string, programs: readonly PostgresPrograms[]): Promise<void> {
  const directory = await realpath(configured).catch(() => null);
  if (programs.some((each) => each.directory === directory)) return;
  throw new AppError(
    'INVALID_INPUT',
    'TOYGRES_POSTGRES_BIN: must be a directory with all programs of a PostgreSQL server (initdb, postgres, pg_dump, ...)',
  );
}

/**
 * Finds the programs that servers and jobs need, and installs what is missing where that is allowed.
 * Throws UNAVAILABLE with the command to run where it is not, INVALID_INPUT for a configured directory without them.
 */
export async function prepareMachine(config: Config, home: Home, log: Logger): Promise<Machine> {
  const azcopyPath = await ensureAzcopy(home.stateDirectory);
  const programs = await findPostgresPrograms(config.postgresDirectory);
  if (config.postgresDirectory !== null) await requireUsed(config.postgresDirectory, programs);
  const installed = await ensureDebianPackages({ hasPostgres: programs.length > 0, azcopyPath, log });
  if (!installed) return { programs, azcopyPath, identity: await readServerIdentity() };
  // The package has made the user that servers run as, too.
  const [found, identity] = [await findPostgresPrograms(config.postgresDirectory), await readServerIdentity()];
  return { programs: found, azcopyPath, identity };
}
