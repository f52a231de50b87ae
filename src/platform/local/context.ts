import { lchown } from 'node:fs/promises';
import type { Logger } from '../../log/logger.ts';
import { makeDirectories } from '../../machine/directories.ts';
import type { Owner } from '../../machine/remove-tree.ts';
import type { PostgresPrograms } from '../../postgres-programs/find.ts';
import type { JobUsers, NumberRange, ProcessIdentity } from '../../postgres-programs/identity.ts';
import type { CertificateSource } from '../../secrets/certificates/certificate-source.ts';
import type { Layout } from './layout.ts';

/** What every part of the local platform works with. */
export interface LocalContext {
  readonly layout: Layout;
  /** Who runs PostgreSQL's programs where no server's own user does; null: who we are. */
  readonly identity: ProcessIdentity | null;
  /** Servers have users of their own, of these numbers; null: they share `identity`. */
  readonly serverNumbers: NumberRange | null;
  readonly programs: readonly PostgresPrograms[];
  readonly azcopyPath: string | null;
  readonly scriptsDirectory: string;
  /** Holds the program beside the data, `main.mjs`. */
  readonly runnerDirectory: string;
  /** Null: jobs run as who we are. */
  readonly jobUsers: JobUsers | null;
  readonly jobConcurrency: number;
  /** What the processes of a job may hold of memory in all. */
  readonly jobMemoryBytes: number;
  readonly stopGraceMs: number;
  /** Null: servers have no certificates. */
  readonly certificates: CertificateSource | null;
  readonly log: Logger;
}

/** Makes a directory that only its owner and those who know a name in it can use; the unprivileged user passes through. */
export async function makePassage(directory: string): Promise<void> {
  await makeDirectories(directory, 0o711);
}

/**
 * Makes a directory that belongs to a user that is not us, closed to everybody else. What it lies in must
 * be ours: where that user could swap it for a symbolic link, root would give away what the link names.
 */
export async function makePrivate(directory: string, identity: Owner | null): Promise<void> {
  await makeDirectories(directory, 0o700);
  if (identity !== null) await lchown(directory, identity.uid, identity.gid);
}

/** Makes a directory for us alone, also where an earlier release had given it away. */
export async function makeOurs(directory: string): Promise<void> {
  await makeDirectories(directory, 0o700);
  await lchown(directory, process.getuid?.() ?? -1, process.getgid?.() ?? -1);
}

/** Makes the directories that all servers and jobs share. */
export async function prepareLayout({ layout }: Pick<LocalContext, 'layout'>): Promise<void> {
  await makePassage(layout.root);
  await Promise.all([layout.servers, layout.jobs, layout.scripts, layout.short, layout.locks].map(makePassage));
  await makeOurs(layout.slots);
}
