import { startEmbeddedAzurite } from '../../src/embedded/azurite.ts';
import { openHome } from '../../src/embedded/home.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { createLogger } from '../../src/log/logger.ts';
import { findPostgresPrograms } from '../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';

/** Opens a home and starts what the words say, as the standalone server does, until it is killed. */
const [directory = '', ...words] = process.argv.slice(2);
if (words.includes('umask')) process.umask(0o077);
const log = createLogger('silent');
const identity = await readServerIdentity();
const { stateDirectory } = await openHome({ directory, identity, exclusive: true, log });
if (words.includes('postgres')) {
  await startEmbeddedPostgres({ stateDirectory, programs: await findPostgresPrograms(null), identity, log });
}
if (words.includes('azurite')) await startEmbeddedAzurite({ stateDirectory, log });
process.stdout.write('done\n');
setInterval(() => undefined, 60_000);
