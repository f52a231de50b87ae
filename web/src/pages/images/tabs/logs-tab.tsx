import { useState } from 'react';
import { Empty } from '../../../ui/notices.tsx';
import { Panel } from '../../../ui/page.tsx';
import { JobChoice } from '../../operations/job-choice.tsx';
import { JobLog } from '../../operations/job-log.tsx';
import type { ImageShown } from '../image-shown.ts';

/** What its jobs have written, one job at a time. */
export function LogsTab({ image }: { readonly image: ImageShown }) {
  const all = image.operations.nodes.flatMap(({ id, jobs }) => jobs.map((job) => ({ ...job, operationId: id })));
  const [chosen, setChosen] = useState(all[0]?.id ?? '');
  const job = all.find(({ id }) => id === chosen) ?? all[0];
  if (job === undefined) return <Empty title="No logs">What its jobs write is kept for 30 days.</Empty>;
  return (
    <Panel
      title={all.length > 1 ? 'Log of its job' : `Log of ${job.name}`}
      actions={<JobChoice jobs={all} chosen={job.id} onChoose={setChosen} />}
    >
      <JobLog key={job.id} job={job} operationId={job.operationId} />
    </Panel>
  );
}
