import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { CreateScheduleDocument, FindDocument } from '../../generated/graphql.ts';
import { Page } from '../../ui/page.tsx';
import { EMPTY_DRAFT, inputOf, ScheduleForm } from './schedule-form.tsx';

export default function CreateSchedulePage() {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const create = useAction(CreateScheduleDocument);
  const refusal = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const keyOf = useIdempotencyKey();
  const found = useApi(FindDocument, { name: '' }, { enabled: draft.of === 'one', nouns: ['instance'] });
  const input = { ...inputOf(draft), ...(draft.of === 'one' ? { instanceId: draft.instanceId } : {}) };
  const submit = async () => {
    const made = await create.run({ input: { ...input, idempotencyKey: keyOf(input) } });
    if (made !== null) void navigate(`/schedules/${made.createSchedule.schedule.id}`);
  };
  return (
    <Page title="Create schedule" back={{ to: '/schedules', name: 'Schedules' }}>
      <ScheduleForm
        draft={draft}
        onChange={setDraft}
        onSubmit={() => void submit()}
        submit="Create schedule"
        busy={create.busy}
        error={create.error}
        refusal={refusal}
        document={CreateScheduleDocument}
        variables={{ input }}
        schedule={null}
        instances={found.data?.instances.nodes ?? []}
      />
    </Page>
  );
}
