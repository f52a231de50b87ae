import type { Config } from '../config/env.ts';
import { ensureDebianPackages } from '../embedded/debian-packages.ts';
import type { Home } from '../embedded/home.ts';
import type { Logger } from '../log/logger.ts';
import { ensureAzcopy } from '../platform/local/azcopy.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../postgres-programs/find.ts';
import { type ProcessIdentity, readServerIdentity } from '../postgres-programs/identity.ts';

/** What this machine has for running PostgreSQL and jobs. */
export interface Machine {
  readonly programs: readonly PostgresPrograms[];
  readonly azcopyPath: string;
  readonly identity: ProcessIdentity | null;
}

/**
 * Finds the programs that servers and jobs need, and installs what is missing where that is allowed.
 * Throws UNAVAILABLE with the command to run where it is not.
 */
export async function prepareMachine(config: Config, home: Home, log: Logger): Promise<Machine> {
  const azcopyPath = await ensureAzcopy(home.stateDirectory);
  const programs = await findPostgresPrograms(config.postgresDirectory);
  const installed = await ensureDebianPackages({ hasPostgres: programs.length > 0, azcopyPath, log });
  if (!installed) return { programs, azcopyPath, identity: await readServerIdentity() };
  // The package has made the user that servers run as, too.
  const [found, identity] = [await findPostgresPrograms(config.postgresDirectory), await readServerIdentity()];
  return { programs: found, azcopyPath, identity };
}
