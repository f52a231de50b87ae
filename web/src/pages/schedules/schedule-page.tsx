import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useAction, useIdempotencyKey } from '../../api/actions.ts';
import { useApi } from '../../api/queries.ts';
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
import { AsCode } from '../../ui/as-code.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Id } from '../../ui/copy.tsx';
import { AskDialog } from '../../ui/dialog.tsx';
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
  const [isAsking, setAsking] = useState(false);
  const run = useAction(RunScheduleDocument);
  const update = useAction(UpdateScheduleDocument);
  const remove = useAction(DeleteScheduleDocument);
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
    if ((await run.run({ input })) !== null) void answer.refetch();
  };
  const setEnabled = async (enabled: boolean) => {
    if ((await update.run({ input: { scheduleId: id, enabled } })) !== null) void answer.refetch();
  };
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
                name: schedule.enabled ? 'Disable' : 'Enable',
                refusal,
                onPress: () => void setEnabled(!schedule.enabled),
              },
              { id: 'delete', name: 'Delete', refusal, isDanger: true, onPress: () => setAsking(true) },
            ]}
          />
        </>
      }
      code={{ document: ScheduleDocument, variables: { id }, command: commandLine('schedule', 'get', schedule.name) }}
    >
      <ErrorNote error={run.error ?? update.error ?? remove.error} />
      <NextRuns times={schedule.times} timeZone={schedule.timeZone} enabled={schedule.enabled} />
      <Panel title="What stays, and what goes">
        <RetentionStrip input={{ scheduleId: id }} />
        <AsCode
          code={{
            document: RetentionOfDocument,
            variables: { input: { scheduleId: id } },
            command: commandLine('schedule', 'preview', schedule.name),
          }}
        />
      </Panel>
      <RunsPanel runs={schedule.runs.nodes} />
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
      {isAsking && (
        <AskDialog title={`Delete ${schedule.name}?`} onClose={() => setAsking(false)} isAlert>
          <p>Its images stay, and nothing deletes them by itself any more. The record of its runs goes.</p>
          <div className="actions">
            <Button onPress={() => setAsking(false)}>Keep it</Button>
            <Button
              kind="danger"
              busy={remove.busy}
              onPress={() =>
                void remove.run({ input: { scheduleId: id } }).then((done) => {
                  setAsking(false);
                  if (done !== null) void navigate('/schedules');
                })
              }
            >
              Delete schedule
            </Button>
          </div>
          <AsCode
            code={{
              document: DeleteScheduleDocument,
              variables: { input: { scheduleId: id } },
              command: commandLine('schedule', 'delete', schedule.name),
            }}
          />
        </AskDialog>
      )}
    </Page>
  );
}
