import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { IMAGE_TYPES } from '../../../../schema/states.ts';
import { ProcessMark } from '../../../machine/process-mark.ts';
import { isResourceName, type Layout, type ServerPaths } from '../layout.ts';

const owned = { ownerId: z.string() };

/** What stands in the small file beside each thing that a server is made of. */
export const VolumeRecord = z.object({
  ...owned,
  storageGib: z.number(),
  /** The user that is this server and nobody else. It has none where we are an ordinary user. */
  uid: z.number().int().optional(),
});
/** Without the password once the cluster is made: nothing of ours needs it there any more. */
export const SecretRecord = z.object({ ...owned, username: z.string(), password: z.string().optional() });
export const ConfigurationRecord = z.object({ ...owned, imageType: z.enum(IMAGE_TYPES) });

/** What is known of a server beyond what its data directory tells. */
export const ServerRecord = z.object({
  ...owned,
  /** Whether it is meant to run: kept when the whole platform is shut down for a while. */
  desired: z.enum(['running', 'stopped']),
  /** Shut down with the whole platform, to be started again with it. */
  paused: z.boolean(),
  imageType: z.enum(IMAGE_TYPES),
  postgresVersion: z.string(),
  /** PostgreSQL's parameters that it was started with. */
  parameters: z.record(z.string(), z.string()).optional(),
  port: z.number().int().nullable(),
  /** The postmaster that was started last. */
  process: z.nullable(ProcessMark),
  /** Whether it was started with a certificate of this installation. */
  certified: z.boolean().optional(),
  /** Why it could not be started. */
  failure: z.string().nullable(),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

/** Why a server is not there any more, by what it said last. */
export function describeEnd(cause: string | null): string {
  return `The server process has ended${cause === null ? '.' : `: ${cause}`}`;
}

/** True for a file or directory that is there. */
export async function isThere(target: string): Promise<boolean> {
  return stat(target).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names.filter(isResourceName).sort();
}

/** Every server of which anything is left on disk, in the order of names. */
export async function listServers(layout: Layout): Promise<readonly { ref: ServerRef; paths: ServerPaths }[]> {
  const namespaces = await namesIn(layout.servers);
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      const names = await namesIn(path.join(layout.servers, namespace));
      return names.map((resourceName) => ({ namespace, resourceName }));
    }),
  );
  return found.flat().map((ref) => ({ ref, paths: layout.server(ref) }));
}
