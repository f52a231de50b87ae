import type { FollowJobLogs, JobRef, PlatformLogLine } from '../../../../jobs/ports/platform/jobs.ts';
import type { Pod } from '../cluster/objects.ts';
import { nextChange, readPatiently } from '../cluster/wait-until.ts';
import type { KubernetesContext } from '../context.ts';
import { jobOf } from '../labels.ts';
import { followPodLog } from '../servers/pod-logs.ts';
import { JOB_CONTAINER } from './build-job.ts';
import { endOf, hasBegun, isOver, isSilent, listAttempts } from './job-pods.ts';
import { readKeptLog, readRecord } from './job-record.ts';
import { isControlLine } from './job-reports.ts';

async function* attemptLines(context: KubernetesContext, pod: Pod, { follow, signal }: FollowJobLogs) {
  const { api, known } = context;
  const { namespace = '', name, uid } = pod.metadata;
  const isEnded = async () => isSilent((await known.of('Pod', namespace).read()).get(name), uid);
  const lines = followPodLog(api, { namespace, pod: name, container: JOB_CONTAINER, follow, signal, isOver: isEnded });
  for await (const line of lines) if (!isControlLine(line.text)) yield line;
}

/** The lines of all attempts in order, numbered through; of a job that was cancelled and is gone, what was kept. */
export async function* followJobLog(
  context: KubernetesContext,
  ref: JobRef,
  options: FollowJobLogs,
): AsyncGenerator<PlatformLogLine> {
  const { known } = context;
  const { signal, follow, afterLine } = options;
  let line = 0;
  const seen = new Set<string>();
  const look = async () => {
    const job = (await known.of('Job', ref.namespace).read()).get(ref.name);
    return {
      job: job !== undefined && jobOf(job)?.id === ref.id ? job : null,
      attempts: await listAttempts(context, ref),
    };
  };
  while (!signal.aborted) {
    const looked = await readPatiently(look, options);
    if (looked === null) return;
    const { job, attempts } = looked;
    const next = attempts.find(({ pod }) => !seen.has(pod.metadata.uid ?? ''));
    if (next !== undefined && hasBegun(next)) {
      seen.add(next.pod.metadata.uid ?? '');
      for await (const { at, text } of attemptLines(context, next.pod, options)) {
        line += 1;
        if (line > afterLine) yield { line, attempt: next.number, at, text };
      }
      continue;
    }
    if (next !== undefined && isOver(next)) {
      seen.add(next.pod.metadata.uid ?? '');
      continue;
    }
    if (job === null && seen.size === 0) {
      const record = await readRecord(context, ref);
      for (const kept of record === null ? [] : readKeptLog(record)) if (kept.line > afterLine) yield kept;
    }
    if (!follow || job === null || endOf(job) !== null) return;
    await nextChange(known, signal);
  }
}
