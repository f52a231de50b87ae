import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import type { ServerRef, ServerSpec } from '../../../../jobs/ports/platform/servers.ts';
import { AppError, invalidInput } from '../../../../schema/errors.ts';
import { removeTree } from '../../../machine/remove-tree.ts';
import { readJsonFile, writeJsonFile } from '../../../machine/whole-file.ts';
import { listServerProcesses } from '../../../postgres-programs/postmaster.ts';
import { type LocalContext, makePassage, makePrivate } from '../context.ts';
import { isVolumeInUse } from '../jobs/job-records.ts';
import type { ServerPaths } from '../layout.ts';
import { writeAccess } from './server-access.ts';
import { withServerLock } from './server-lock.ts';
import { ConfigurationRecord, isThere, VolumeRecord } from './server-records.ts';
import { chooseServerUid, listAsides, readOwnUid, readServerUser } from './server-user.ts';
import { growVolume, readGrowth } from './volume-size.ts';

type ServerParts = Pick<
  Platform,
  | 'ensureVolume'
  | 'ensureVolumeSize'
  | 'readVolumeGrowth'
  | 'ensureSecret'
  | 'ensureConfiguration'
  | 'removeConfiguration'
  | 'removeSecret'
  | 'removeVolume'
>;

const REMOVED = 'volume.removed-';

async function removeData(context: LocalContext, paths: ServerPaths): Promise<void> {
  const owner = await readServerUser(context, paths);
  // First out of the way in one move: what a crash leaves behind is no volume any more.
  if (await isThere(paths.volume)) {
    await rename(paths.volume, path.join(paths.directory, `${REMOVED}${randomBytes(4).toString('hex')}`));
  }
  const names = await readdir(paths.directory).catch(() => []);
  const leftovers = names.filter((name) => name.startsWith(REMOVED)).map((name) => path.join(paths.directory, name));
  const owners = owner === null ? [] : context.identity === null ? [owner] : [owner, context.identity];
  for (const place of [...leftovers, ...(await listAsides(paths))]) await removeTree(place, owners);
  await rm(paths.volumeRecord, { force: true });
}

function checkPassword(password: string): void {
  // initdb reads the password from the first line of a file.
  if (/[\0\r\n]/.test(password) || password === '') {
    throw invalidInput('password', 'one line, not empty', 'The password must be one line of text and not empty.');
  }
}

/** The volume, secret and configuration of servers, as directories and files. */
export function createServerParts(context: LocalContext): ServerParts {
  const { layout, identity } = context;
  const locked = <T>(ref: ServerRef, work: (paths: ServerPaths) => Promise<T>) => withServerLock(layout, ref, 10, work);
  const removeFiles = (ref: ServerRef, select: (paths: ServerPaths) => readonly string[]) =>
    locked(ref, async (paths) => {
      for (const target of select(paths)) await rm(target, { recursive: true, force: true });
    });

  return {
    ensureVolume: (spec: ServerSpec) =>
      locked(spec, async (paths) => {
        await makePassage(paths.directory);
        if ((await readJsonFile(paths.volumeRecord, VolumeRecord)) !== null) {
          if (!(await isThere(paths.volume))) await makePrivate(paths.volume, await readServerUser(context, paths));
          return;
        }
        const record = { ownerId: spec.instanceId, storageGib: spec.storageGib };
        await chooseServerUid(context, async (uid) => {
          const user = uid === null ? identity : { uid, gid: uid };
          await makePrivate(paths.volume, user);
          await writeJsonFile(paths.volumeRecord, { ...record, ...(uid === null ? {} : { uid }) });
        });
      }),

    ensureVolumeSize: (ref, storageGib) => locked(ref, (paths) => growVolume(paths, ref, storageGib)),
    readVolumeGrowth: (ref, storageGib) => readGrowth(layout.server(ref), storageGib),

    ensureSecret: (spec, secret) =>
      locked(spec, async (paths) => {
        checkPassword(secret.password);
        await makePassage(paths.directory);
        await writeJsonFile(paths.secretRecord, { ownerId: spec.instanceId, ...secret });
      }),

    ensureConfiguration: (spec) =>
      locked(spec, async (paths) => {
        await makePassage(paths.directory);
        await makePassage(paths.configuration);
        await writeAccess(context, spec, paths);
        const record = { ownerId: spec.instanceId, imageType: spec.imageType };
        if ((await readJsonFile(paths.configurationRecord, ConfigurationRecord)) !== null) return;
        await writeJsonFile(paths.configurationRecord, record);
      }),

    removeConfiguration: (ref) =>
      removeFiles(ref, (paths) => [paths.configuration, paths.configurationRecord, path.dirname(paths.certificate)]),
    removeSecret: (ref) => removeFiles(ref, (paths) => [paths.secretRecord]),

    removeVolume: (ref) =>
      locked(ref, async (paths) => {
        if ((await listServerProcesses(paths.data, await readOwnUid(paths))).length > 0) {
          throw new AppError('CONFLICT', `Server ${ref.resourceName} runs on the volume: stop it first.`);
        }
        if (await isVolumeInUse(layout, ref)) {
          throw new AppError('CONFLICT', `A job works on the volume of ${ref.resourceName}: cancel it first.`);
        }
        await removeData(context, paths);
      }),
  };
}
