import * as z from 'zod';
import type { JobRef, JobStatus, PlatformLogLine } from '../../../../jobs/ports/platform/jobs.ts';
import type { ConfigMap } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { jobOf } from '../labels.ts';
import { CANCELLED, jobNamesOf } from './build-job.ts';

/** A ConfigMap holds 1 MiB, and the scripts are in it as well. */
const LOG_BYTES = 500_000;
const LOG_KEY = 'log.jsonl';

const time = z.iso.datetime().transform((value) => new Date(value));
const Kept = z.object({
  attempts: z.number(),
  exitCode: z.number().nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  reportedAt: time.nullable(),
  report: z
    .object({
      phase: z.string(),
      bytesDone: z.number().nullable(),
      bytesTotal: z.number().nullable(),
      percent: z.number().nullable(),
      message: z.string().nullable(),
    })
    .nullable(),
});
const UNKNOWN: z.infer<typeof Kept> = {
  attempts: 0,
  exitCode: null,
  startedAt: null,
  finishedAt: null,
  reportedAt: null,
  report: null,
};
const KeptLine = z.tuple([z.number(), z.number(), time.nullable(), z.string()]);

/** The ConfigMap that stands for a job; null when there is none, or one of another job. */
export async function readRecord({ api }: KubernetesContext, ref: JobRef): Promise<ConfigMap | null> {
  const record = await api.read('ConfigMap', ref.namespace, jobNamesOf(ref).scripts);
  return record !== null && jobOf(record)?.id === ref.id ? record : null;
}

/** How the job was when it was cancelled; null when it was not. What nobody can read says that it was, still. */
export function readCancelled({ metadata }: ConfigMap): JobStatus | null {
  const text = metadata.annotations?.[CANCELLED];
  if (text === undefined) return null;
  const kept = Kept.safeParse(parseJson(text));
  return { ...(kept.success ? kept.data : UNKNOWN), state: 'CANCELLED', result: null, failure: null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Writes that the job was cancelled, which nobody takes back. */
export async function writeCancelled({ api }: KubernetesContext, ref: JobRef, status: JobStatus): Promise<void> {
  const { attempts, exitCode, startedAt, finishedAt, reportedAt, report } = status;
  const kept = JSON.stringify({ attempts, exitCode, startedAt, finishedAt, reportedAt, report });
  await api.patch('ConfigMap', ref.namespace, jobNamesOf(ref).scripts, {
    metadata: { annotations: { [CANCELLED]: kept } },
  });
}

/** Keeps what a cancelled job said; of a long log the end. */
export async function writeKeptLog(
  { api }: KubernetesContext,
  ref: JobRef,
  lines: readonly PlatformLogLine[],
): Promise<void> {
  const kept: string[] = [];
  let size = 0;
  for (const { line, attempt, at, text } of lines.toReversed()) {
    const written = JSON.stringify([line, attempt, at, text]);
    size += Buffer.byteLength(written) + 1;
    if (size > LOG_BYTES) break;
    kept.push(written);
  }
  const data = { [LOG_KEY]: kept.toReversed().join('\n') };
  await api.patch('ConfigMap', ref.namespace, jobNamesOf(ref).scripts, { data });
}

/** What was kept of the log of a cancelled job. */
export function readKeptLog({ data }: ConfigMap): readonly PlatformLogLine[] {
  const lines = (data?.[LOG_KEY] ?? '').split('\n').filter((line) => line !== '');
  return lines.flatMap((text) => {
    const kept = KeptLine.safeParse(parseJson(text));
    if (!kept.success) return [];
    const [line, attempt, at, said] = kept.data;
    return [{ line, attempt, at, text: said }];
  });
}
