import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PostgresOffer } from '../../../jobs/ports/platform/servers.ts';
import { invalidInput } from '../../../schema/errors.ts';
import type { ImageType } from '../../../schema/states.ts';
import type { PostgresPrograms } from '../../postgres-programs/find.ts';

const run = promisify(execFile);

/** The versions that the product knows; whatever else a machine has is not offered. */
const KNOWN_VERSIONS = ['15', '16', '17', '18'];

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Whether the server of these programs can load pg_durable and create its extension. */
export async function hasDurable(programs: PostgresPrograms): Promise<boolean> {
  const asked = run(path.join(programs.directory, 'pg_config'), ['--pkglibdir', '--sharedir']);
  const [libraries, shared] = (await asked.catch(() => ({ stdout: '' }))).stdout.split('\n');
  if (!libraries || !shared) return false;
  const library = await exists(path.join(libraries, 'pg_durable.so'));
  return library && (await exists(path.join(shared, 'extension', 'pg_durable.control')));
}

/** Asks the machine anew each time, since an extension may be installed while we run. */
export async function readLocalOffers(all: readonly PostgresPrograms[]): Promise<readonly PostgresOffer[]> {
  const known = all.filter((programs) => KNOWN_VERSIONS.includes(programs.major));
  return Promise.all(
    known.map(async (programs) => {
      const imageTypes: readonly ImageType[] = (await hasDurable(programs)) ? ['STOCK', 'PG_DURABLE'] : ['STOCK'];
      return { version: programs.major, imageTypes };
    }),
  );
}

function inWords(offers: readonly PostgresOffer[], imageType: ImageType): string {
  const versions = offers.filter((offer) => offer.imageTypes.includes(imageType)).map((offer) => offer.version);
  return versions.length === 0 ? 'none' : versions.join(', ');
}

/** The programs to run such a server with. Throws INVALID_INPUT that lists what this machine has. */
export async function requirePrograms(
  all: readonly PostgresPrograms[],
  wanted: { readonly postgresVersion: string; readonly imageType: ImageType },
): Promise<PostgresPrograms> {
  const programs = all.find((candidate) => candidate.major === wanted.postgresVersion);
  if (programs === undefined) {
    const offers = await readLocalOffers(all);
    throw invalidInput(
      'postgresVersion',
      'a version that the platform has',
      `PostgreSQL ${wanted.postgresVersion} is not installed on this machine. Installed: ${inWords(offers, 'STOCK')}.`,
    );
  }
  if (wanted.imageType === 'PG_DURABLE' && !(await hasDurable(programs))) {
    const offers = await readLocalOffers(all);
    throw invalidInput(
      'imageType',
      'a type that the platform has',
      `The pg_durable library is not installed for PostgreSQL ${programs.major} on this machine. ` +
        `Versions that have it: ${inWords(offers, 'PG_DURABLE')}. Install it, or choose type STOCK.`,
    );
  }
  return programs;
}
