import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { JobRef } from '../../../../jobs/ports/platform/jobs.ts';
import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { isAlive, ProcessMark, readBootId } from '../../../machine/process-mark.ts';
import { readJsonFile, readPlainFile } from '../../../machine/whole-file.ts';
import { isJobId, type JobPaths, type Layout } from '../layout.ts';

/** What is kept of a job's spec; never its secrets. */
export const JobRecord = z.object({
  id: z.string(),
  namespace: z.string(),
  name: z.string(),
  kind: z.enum(['backup', 'restore', 'verify', 'preflight']),
  volume: z.object({ namespace: z.string(), resourceName: z.string() }).nullable(),
  /** Who its two halves run as; null: as who we are. An earlier release did not note them. */
  users: z
    .object({
      worker: z.object({ uid: z.number(), gid: z.number() }),
      mover: z.object({ uid: z.number(), gid: z.number() }),
    })
    .nullable()
    .default(null),
  deadlineSeconds: z.number(),
  attempts: z.number().int(),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** How a job ended, as its supervisor wrote it, or we when the supervisor could not. */
export const JobEnd = z.object({
  state: z.enum(['SUCCEEDED', 'FAILED', 'CANCELLED', 'INTERRUPTED']),
  cause: z.enum(['exit', 'deadline', 'cancel', 'interrupt', 'lost']),
  /** Failed attempts so far; an interrupted one is none. */
  failures: z.number().int(),
  /** How often its supervisor was killed so far. */
  losses: z.number().int().default(0),
  /** Seconds since 1970. */
  finishedAt: z.number(),
});
export type JobEnd = z.infer<typeof JobEnd>;

/** Its supervisor is gone without a word: killed, or the machine went down. */
export interface LostLife {
  readonly phase: 'lost';
  readonly supervisor: ProcessMark;
}

export type JobLife =
  | { readonly phase: 'absent' }
  | { readonly phase: 'pending' | 'running'; readonly supervisor: ProcessMark }
  | LostLife
  | { readonly phase: 'ended'; readonly end: JobEnd };

/** The process that is or was a job's supervisor, by the file it notes itself in; null while it has not. */
export async function readSupervisor(file: string): Promise<ProcessMark | null> {
  const text = await readPlainFile(file);
  const [pid, startTicks, bootId] = text?.trim().split(' ') ?? [];
  const parsed = ProcessMark.safeParse({ pid: Number(pid), startTicks, bootId });
  return parsed.success ? parsed.data : null;
}

/** Where a job is in its life, by what is on disk and which processes live. */
export async function readLife(paths: JobPaths): Promise<JobLife> {
  for (let supervisor = await readSupervisor(paths.supervisor); ; ) {
    const alive = supervisor !== null && (await isAlive(supervisor));
    // Only now: a supervisor writes the end before it goes.
    const end = await readJsonFile(paths.end, JobEnd);
    if (end !== null) return { phase: 'ended', end };
    if (supervisor !== null && alive)
      return { phase: (await readPlainFile(paths.running)) === null ? 'pending' : 'running', supervisor };
    // One that takes up an interrupted job notes itself and then removes the end: both may have happened since.
    const now = await readSupervisor(paths.supervisor);
    if (isDeepStrictEqual(now, supervisor))
      return supervisor === null ? { phase: 'absent' } : { phase: 'lost', supervisor };
    supervisor = now;
  }
}

const Tally = z.object({ failures: z.number().int(), losses: z.number().int() });
export type Tally = z.infer<typeof Tally>;

/** What counts against a job so far. */
export async function readTally(paths: JobPaths): Promise<Tally> {
  return (await readJsonFile(paths.tally, Tally)) ?? { failures: 0, losses: 0 };
}

/** How often a job begins anew whose supervisor was killed: more is no bad luck. */
export const LOSSES_AT_MOST = 3;

/** What a lost job comes to. `lost`: it goes on with a new attempt; `given up`: it was lost too often for that. */
export type Verdict = 'cancel' | 'interrupt' | 'lost' | 'given up';

/** What a job without supervisor was asked to be, or else what happened to it. */
export async function readVerdict(paths: JobPaths, supervisor: ProcessMark): Promise<Verdict> {
  const request = (await readPlainFile(paths.request))?.trim();
  if (request === 'cancel' || request === 'interrupt') return request;
  // The machine went down: nobody meant the job.
  if (supervisor.bootId !== (await readBootId())) return 'interrupt';
  return (await readTally(paths)).losses < LOSSES_AT_MOST ? 'lost' : 'given up';
}

/** Every job of which a record is on disk. */
export async function listJobs(layout: Layout): Promise<readonly { record: JobRecord; paths: JobPaths }[]> {
  const names = await readdir(layout.jobs).catch(() => []);
  const found = await Promise.all(
    names
      .filter(isJobId)
      .sort()
      .map(async (id) => {
        const record = await readJsonFile(path.join(layout.jobs, id, 'job.json'), JobRecord);
        return record === null ? [] : [{ record, paths: layout.job(record) }];
      }),
  );
  return found.flat();
}

/** Whether a job that has not ended was given that server's volume. */
export async function isVolumeInUse(layout: Layout, ref: ServerRef): Promise<boolean> {
  for (const { record, paths } of await listJobs(layout)) {
    const isItsVolume = record.volume?.resourceName === ref.resourceName && record.volume.namespace === ref.namespace;
    if (!isItsVolume) continue;
    const { phase } = await readLife(paths);
    if (phase !== 'ended' && phase !== 'absent') return true;
  }
  return false;
}

/** The numbers of the attempts begun, in order. */
export async function listAttempts(paths: JobPaths): Promise<readonly number[]> {
  const names = await readdir(paths.attempts).catch(() => []);
  return names
    .filter((name) => /^[1-9]\d{0,6}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** A job as its caller names it. */
export function refOf(job: JobRef): JobRef {
  return { id: job.id, namespace: job.namespace, name: job.name };
}
