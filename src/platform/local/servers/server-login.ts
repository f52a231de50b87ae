import { userInfo } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import type { ServerSecret } from '../../../../jobs/ports/platform/servers.ts';
import { SUPERUSER_NAME } from '../../../../jobs/ports/superuser.ts';
import { AppError } from '../../../../schema/errors.ts';
import { signalProcess } from '../../../machine/process-mark.ts';
import { readJsonFile } from '../../../machine/whole-file.ts';
import { findPostmaster, type Postmaster } from '../../../postgres-programs/postmaster.ts';
import { generatePassword } from '../../../secrets/generate-password.ts';
import { pause } from '../../../waiting/pause.ts';
import { rememberServers } from '../../known-servers.ts';
import { askRow, openAt } from '../../probe-client.ts';
import { isLoginRefused, translateProbeError } from '../../probe-errors.ts';
import { letRoleIn } from '../../set-password.ts';
import type { LocalContext } from '../context.ts';
import type { ServerPaths } from '../layout.ts';
import { writeAccess } from './server-access.ts';
import { withServerLock } from './server-lock.ts';
import { isThere, ServerRecord } from './server-records.ts';

const DATABASE = 'postgres';
const ONE_TRY_MS = 10_000;
/** A server reads its files anew some moments after it is told to. */
const RELOADED_MS = 5_000;
const AGAIN_MS = 50;

const NAME = `SELECT pg_catalog.current_setting('cluster_name') AS name`;
const Name = z.object({ name: z.string().max(100) });

const doesNotRun = (name: string) =>
  new AppError('UNAVAILABLE', `Server ${name} does not run: start the instance, then its password can be set.`);

/** Who we are on this machine. */
function readOwnName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new AppError('STEP_FAILED', 'The user that Toygres runs as has no name on this machine: give it one.');
  }
}

/**
 * The directory of the socket is the server's, and what stands under the socket's name may lead to another one: each server
 * says by the name that it was started with which it is, and lets us in for this moment alone.
 */
async function setOverSocket(
  socket: string,
  { port, major }: Door,
  serverName: string,
  login: ServerSecret,
): Promise<void> {
  const address = { host: socket, port };
  // One that has not read its files anew asks for a password: it is told none that is anybody's.
  const us = { username: SUPERUSER_NAME, password: generatePassword() };
  const known = rememberServers();
  known.note(address, us, { major, isSuperuser: true });
  const inDatabase = openAt(address, us, ONE_TRY_MS, { known });
  const endAt = performance.now() + RELOADED_MS;
  for (;;) {
    try {
      return await inDatabase(DATABASE, async (client, { askedForPassword }) => {
        const answer = await askRow(client, Name, NAME);
        if (askedForPassword || answer?.name !== serverName) {
          throw new AppError('STEP_FAILED', `What answers at the socket of ${serverName} is not that server.`);
        }
        await letRoleIn(client, login);
      });
    } catch (error) {
      if (!isLoginRefused(error)) throw translateProbeError(error, address, us);
      if (performance.now() > endAt) {
        throw new AppError(
          'STEP_FAILED',
          `Server ${serverName} does not let its superuser in over its own socket: give ${SUPERUSER_NAME} its rights back ` +
            `(ALTER ROLE ${SUPERUSER_NAME} SUPERUSER LOGIN), or restart the instance where its pg_hba.conf cannot be read.`,
          { cause: new Error('login refused over the socket') },
        );
      }
      await pause(AGAIN_MS);
    }
  }
}

/** Where a server's socket is, and of which version it was started as. */
interface Door {
  readonly port: number;
  readonly major: number;
}

async function requireDoor(paths: ServerPaths, running: Postmaster): Promise<Door> {
  const record = await readJsonFile(paths.serverRecord, ServerRecord);
  const port = record?.port ?? running.port;
  if (port !== null && (await isThere(path.join(paths.socket, `.s.PGSQL.${port}`)))) {
    return { port, major: Number.parseInt(record?.postgresVersion ?? '', 10) || 0 };
  }
  throw new AppError(
    'STEP_FAILED',
    `Server ${path.basename(paths.directory)} has no socket, over which its password could be set: restart the instance. ` +
      'Where TOYGRES_HOME is so long a path that the system makes none, move it to a shorter one.',
  );
}

/** Logins of servers that run here, set over their sockets. */
export function createServerLogins(context: LocalContext): Pick<Platform, 'ensureLogin'> {
  return {
    ensureLogin: (spec, login) =>
      withServerLock(context.layout, spec, 10, async (paths) => {
        const running = await findPostmaster(paths.data);
        if (running?.status !== 'ready') throw doesNotRun(spec.resourceName);
        const door = await requireDoor(paths, running);
        const reload = () => signalProcess(running.process, 'SIGHUP');
        try {
          await writeAccess(context, spec, paths, readOwnName());
          await reload();
          await setOverSocket(paths.socket, door, spec.resourceName, login);
        } finally {
          await writeAccess(context, spec, paths);
          await reload();
        }
      }),
  };
}
