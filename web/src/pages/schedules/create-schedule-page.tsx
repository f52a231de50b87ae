import { useState } from 'react';
import { useNavigate } from 'react-router';
import { INSTANCE_NAME_MAX, isName } from '../../../../schema/rules/name-rules.ts';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { asSentence } from '../../format/words.ts';
import { CreateScheduleDocument, FindStandingDocument } from '../../generated/graphql.ts';
import { Page } from '../../ui/page.tsx';
import { EMPTY_DRAFT, inputOf } from './schedule-draft.ts';
import { ScheduleForm } from './schedule-form.tsx';

export default function CreateSchedulePage() {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const create = useAction(CreateScheduleDocument);
  const refusal = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const keyOf = useIdempotencyKey();
  const name = draft.instanceName.trim();
  const isNamed = isName(name, INSTANCE_NAME_MAX);
  const { data, error } = useApi(
    FindStandingDocument,
    { text: name.slice(0, 100), name, isNamed },
    { enabled: draft.of === 'one', nouns: ['instance'] },
  );
  const instance = isNamed && data?.instance && /RUNNING|STOPPED/.test(data.instance.state) ? data.instance : null;
  const fault =
    instance !== null
      ? null
      : name === ''
        ? 'Choose an instance.'
        : data === undefined
          ? error === null
            ? 'Looking it up.'
            : `It could not be looked up: ${asSentence(error.message)}`
          : `No instance ${name} runs or is stopped: choose one of those that are offered.`;
  const input = { ...inputOf(draft), ...(draft.of === 'one' ? { instanceId: instance?.id ?? '' } : {}) };
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
        input={input}
        schedule={null}
        instances={{ found: data?.instances.nodes.map((one) => one.name) ?? [], fault }}
      />
    </Page>
  );
}
