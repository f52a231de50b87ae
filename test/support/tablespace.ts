import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { E2eHome } from './e2e-server.ts';

/** Makes a directory beside the home that the server of an instance may make a tablespace in: each server has a user of its own. */
export async function makeTablespace({ directory }: E2eHome, instanceName: string): Promise<string> {
  const tablespace = path.join(path.dirname(directory), 'tablespace');
  await mkdir(tablespace);
  const servers = path.join(directory, 'state/servers/toygres-managed');
  const resourceName = (await readdir(servers)).find((name) => name.startsWith(`${instanceName}-`)) ?? instanceName;
  const { uid, gid } = await stat(path.join(servers, resourceName, 'volume/pgdata'));
  if (process.getuid?.() === 0) await chown(tablespace, uid, gid);
  return tablespace;
}
