import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useAction } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { ScheduleDocument, type ScheduleRowFragment, UpdateScheduleDocument } from '../../generated/graphql.ts';
import { type Entered, enteredOf, withEntered } from '../../ui/entered.ts';
import { ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { changeOf, draftOf, type ScheduleDraft } from './schedule-draft.ts';
import { ScheduleForm } from './schedule-form.tsx';

function ChangeForm({ schedule }: { readonly schedule: ScheduleRowFragment }) {
  // What nobody has touched here is as it is by now, whoever else changes it.
  const [entered, setEntered] = useState<Entered<ScheduleDraft>>({});
  const draft = withEntered(draftOf(schedule), entered);
  const update = useAction(UpdateScheduleDocument);
  const refusal = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const input = { scheduleId: schedule.id, ...changeOf(schedule, draft) };
  const isSame = Object.keys(input).length === 1;
  const submit = async () => {
    if ((await update.run({ input })) !== null) void navigate(`/schedules/${schedule.id}`);
  };
  return (
    <ScheduleForm
      draft={draft}
      onChange={(next) => setEntered(enteredOf(draftOf(schedule), next))}
      onSubmit={() => void submit()}
      submit="Change schedule"
      busy={update.busy}
      error={update.error}
      refusal={refusal ?? (isSame ? 'Nothing is changed.' : null)}
      document={UpdateScheduleDocument}
      input={input}
      schedule={schedule}
    />
  );
}

export default function ChangeSchedulePage() {
  const { id = '' } = useParams();
  const answer = useApi(ScheduleDocument, { id }, { nouns: ['schedule'] });
  const schedule = answer.data?.schedule;
  return (
    <Page
      title={`Change ${schedule?.name ?? 'schedule'}`}
      back={{ to: `/schedules/${id}`, name: schedule?.name ?? 'Schedule' }}
    >
      <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />
      {answer.data === undefined && answer.error === null && <Waiting what="the schedule" />}
      {schedule === null && <p>There is no such schedule.</p>}
      {schedule && <ChangeForm schedule={schedule} />}
    </Page>
  );
}
