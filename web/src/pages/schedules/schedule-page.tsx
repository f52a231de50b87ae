import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { queries, useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { cronWords, everyNth, retentionWords, scheduleSentence, subjectWords } from '../../format/schedule-words.ts';
import { methodWords } from '../../format/words.ts';
import {
  DeleteScheduleDocument,
  RetentionOfDocument,
  RunScheduleDocument,
  ScheduleDocument,
  UpdateScheduleDocument,
} from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { AsCode } from '../../ui/as-code.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Id } from '../../ui/copy.tsx';
import { ActionMenu } from '../../ui/menu.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Facts, Page, Panel } from '../../ui/page.tsx';
import { NextRuns } from './next-runs.tsx';
import { RetentionStrip } from './retention-strip.tsx';
import { RunsPanel } from './runs-panel.tsx';

const BACK = { to: '/schedules', name: 'Schedules' };

export default function SchedulePage() {
  const { id = '' } = useParams();
  const answer = useApi(ScheduleDocument, { id }, { nouns: ['schedule', 'operation'] });
  const refusal = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'enable' | 'disable' | 'delete' | null>(null);
  // What was asked for, also when somebody else does it meanwhile.
  const disables = asked === 'disable';
  const run = useAction(RunScheduleDocument);
  const keyOf = useIdempotencyKey();
  const schedule = answer.data?.schedule;

  if (schedule === undefined || schedule === null) {
    return (
      <Page title="Schedule" back={BACK}>
        <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />
        {answer.data === undefined && answer.error === null && <Waiting what="the schedule" />}
        {schedule === null && (
          <Empty title="There is no such schedule">It was deleted, or is not for you to see.</Empty>
        )}
      </Page>
    );
  }
  const isUnderWay = schedule.runs.nodes.some(({ state }) => state === 'RUNNING');
  const runNow = async () => {
    const newest = schedule.runs.nodes[0]?.id ?? '';
    const input = { scheduleId: id, idempotencyKey: keyOf({ id, newest }) };
    if ((await run.run({ input })) !== null) void queries.invalidateQueries();
  };
  const { name, enabled } = schedule;
  const close = () => setAsked(null);
  return (
    <Page
      title={schedule.name}
      back={BACK}
      lead={scheduleSentence(schedule)}
      actions={
        <>
          <Button
            kind="primary"
            icon="play"
            busy={run.busy}
            refusal={refusal ?? (isUnderWay ? 'A run is under way.' : null)}
            onPress={() => void runNow()}
          >
            Run now
          </Button>
          <LinkButton to={`/schedules/${id}/edit`} refusal={refusal}>
            Change
          </LinkButton>
          <ActionMenu
            label="More"
            actions={[
              {
                id: 'enabled',
                name: enabled ? 'Disable' : 'Enable',
                refusal,
                onPress: () => setAsked(enabled ? 'disable' : 'enable'),
              },
              { id: 'delete', name: 'Delete', refusal, isDanger: true, onPress: () => setAsked('delete') },
            ]}
          />
        </>
      }
      code={{ document: ScheduleDocument, variables: { id }, command: commandLine('schedule', 'get', schedule.name) }}
    >
      <ErrorNote error={run.error} />
      <NextRuns times={schedule.times} timeZone={schedule.timeZone} enabled={schedule.enabled} />
      <Panel title="What stays, and what goes">
        <RetentionStrip input={{ scheduleId: id }} />
        <AsCode
          label="The preview as code"
          code={{
            document: RetentionOfDocument,
            variables: { input: { scheduleId: id } },
            command: commandLine('schedule', 'preview', schedule.name),
          }}
        />
      </Panel>
      <RunsPanel schedule={schedule} />
      <Panel title="Settings">
        <Facts
          facts={[
            ['When', cronWords(schedule.cron)],
            [
              'As cron',
              <code key="cron" className="nowrap">
                {schedule.cron}
              </code>,
            ],
            ['Time zone', schedule.timeZone],
            ['Images of', subjectWords(schedule)],
            ['Method', methodWords(schedule.method)],
            ['Kept', retentionWords(schedule.retention)],
            ['Drills', schedule.drillEvery == null ? 'none' : `${everyNth(schedule.drillEvery)} image`],
            ['At once', String(schedule.concurrency)],
            ['Id', <Id key="id" value={schedule.id} />],
          ]}
        />
      </Panel>
      {(asked === 'enable' || disables) && (
        <ActionDialog
          title={`${disables ? 'Disable' : 'Enable'} ${name}?`}
          verb={disables ? 'Disable' : 'Enable'}
          isKeyed={false}
          document={UpdateScheduleDocument}
          input={{ scheduleId: id, enabled: !disables }}
          command={commandLine('schedule', 'update', name, '--enabled', disables ? 'no' : 'yes')}
          onClose={close}
        >
          <p>
            {disables
              ? 'Nothing is due until it is enabled again. “Run now” still works, and its rules for keeping images hold on.'
              : 'It is due at its times from now on; those that have passed are not caught up.'}
          </p>
        </ActionDialog>
      )}
      {asked === 'delete' && (
        <ActionDialog
          title={`Delete ${name}?`}
          verb="Delete schedule"
          isDanger
          isKeyed={false}
          document={DeleteScheduleDocument}
          input={{ scheduleId: id }}
          command={commandLine('schedule', 'delete', name)}
          onClose={close}
          onDone={() => void navigate('/schedules')}
        >
          <p>Its images stay, and nothing deletes them by itself any more. The record of its runs goes.</p>
        </ActionDialog>
      )}
    </Page>
  );
}
