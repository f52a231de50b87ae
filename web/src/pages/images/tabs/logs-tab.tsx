import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/notices.tsx';
import { Panel } from '../../../ui/page.tsx';
import { JobLog } from '../../operations/job-log.tsx';
import type { ImageShown } from '../image-shown.ts';

/** What its jobs have written, one job at a time. */
export function LogsTab({ image }: { readonly image: ImageShown }) {
  const jobs = image.operations.nodes.flatMap((operation) => operation.jobs);
  const [chosen, setChosen] = useState(jobs[0]?.id ?? '');
  const job = jobs.find(({ id }) => id === chosen) ?? jobs[0];
  if (job === undefined) return <Empty title="No logs">What its jobs write is kept for 30 days.</Empty>;
  return (
    <Panel
      title={`Log of ${job.name}`}
      actions={jobs.map(({ id, name }) => (
        <Button key={id} kind="quiet" pressed={id === job.id} onPress={() => setChosen(id)}>
          {name}
        </Button>
      ))}
    >
      <JobLog key={job.id} job={job} />
    </Panel>
  );
}
