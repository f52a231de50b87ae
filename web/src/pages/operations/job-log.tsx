import { useMemo } from 'react';
import { api } from '../../api/client.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { JobLogDocument } from '../../generated/graphql.ts';
import type { LogPart } from '../../ui/log-lines.ts';
import { LogView } from '../../ui/log-view.tsx';
import { Note } from '../../ui/notices.tsx';

/** Follows a job's log from its first line; after a cut from the line after the last. */
function openJobLog(jobId: string) {
  let last: number | null = null;
  let isFirst = true;
  return async function* (signal: AbortSignal): AsyncGenerator<LogPart> {
    if (isFirst) yield { replaces: true, lines: [] };
    isFirst = false;
    for await (const { jobLogBatches: lines } of api.subscribe(
      JobLogDocument,
      { jobId, afterLine: last },
      { signal },
    )) {
      last = lines.at(-1)?.line ?? last;
      yield {
        lines: lines.map(({ line, at, attempt, text }) => ({ line, at: at ?? null, attempt: attempt ?? null, text })),
      };
    }
  };
}

export function JobLog(props: {
  readonly job: { readonly id: string; readonly name: string };
  /** The one that it works for. */
  readonly operationId: string;
}) {
  const { job, operationId } = props;
  const refusal = useRefusal('OPERATOR');
  const open = useMemo(() => openJobLog(job.id), [job.id]);
  if (refusal !== null) return <Note>{refusal}</Note>;
  return (
    <LogView
      open={open}
      name={`${job.name}.log`}
      linkBy="line"
      code={{
        document: JobLogDocument,
        variables: { jobId: job.id },
        command: commandLine('operation', 'logs', operationId, '--job', job.id, '--follow'),
      }}
    />
  );
}
