import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { formatSecondsLeft } from '../../format/times.ts';
import { asSentence, kindWord, subjectOf } from '../../format/words.ts';
import { CancelOperationDocument, FollowOperationDocument, RetryOperationDocument } from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Id } from '../../ui/copy.tsx';
import { Findings } from '../../ui/findings.tsx';
import { Lasting, Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { useNow } from '../../ui/now.ts';
import { Facts, Page, Panel } from '../../ui/page.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { useParam } from '../../ui/search-params.ts';
import { StateMark } from '../../ui/state.tsx';
import { EarlierRuns } from './earlier-runs.tsx';
import { JobChoice } from './job-choice.tsx';
import { JobLog } from './job-log.tsx';
import { isOver } from './runs.ts';
import { StepDetail } from './step-detail.tsx';
import { StepRows } from './step-rows.tsx';
import { useOperation } from './use-operation.ts';
import { buildWaterfall } from './waterfall.ts';

const NO_FINDINGS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'Nothing was found that is not as it was on the source.',
  FAILED: 'Nothing was found before it failed.',
  CANCELLED: 'Nothing was found before it was cancelled.',
};

/** How far it came that ended before its end: no bar, which would be read as what is still to come. */
function sayDone(steps: readonly { readonly state: string }[]): string {
  if (steps.length === 0) return '';
  const done = steps.filter(({ state }) => state === 'SUCCEEDED').length;
  return `${done} of ${formatNumberOf(steps.length, 'step')} ${done === 1 ? 'was' : 'were'} done.`;
}

export default function OperationPage() {
  const { id = '' } = useParams();
  return <OperationView key={id} id={id} />;
}

function OperationView({ id }: { readonly id: string }) {
  const { operation, events, earlier, error, data, refetch } = useOperation(id);
  const [stepParam, setStep] = useParam('step');
  const [jobParam, setJob] = useParam('job');
  const [asked, setAsked] = useState<'cancel' | 'retry' | null>(null);
  const role = useRefusal('OPERATOR');
  const now = useNow();
  const back = { to: '/operations', name: 'Operations' };
  if (!operation) {
    return (
      <Page title="Operation" back={back}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {data === undefined && error === null && <Waiting what="the operation" />}
        {data?.operation === null && (
          <Empty title="There is no such operation">It was never there, or is not for you to see. Its id: {id}</Empty>
        )}
      </Page>
    );
  }
  const { kind, state, percent, instance, image, failure, findings, jobs, steps } = operation;
  const over = isOver(state);
  const wasCut = over && state !== 'SUCCEEDED';
  const title = `${kindWord(kind)} ${subjectOf(operation)}`;
  const waterfall = buildWaterfall(operation, events, now, earlier.length > 0);
  // Of the present run, without the time in which nobody had retried it yet.
  const startedAt =
    operation.startedAt && earlier.length > 0 ? new Date(waterfall.queuedUntil).toISOString() : operation.startedAt;
  const current = steps.find((step) => step.state === 'FAILED') ?? steps.find((step) => step.state === 'RUNNING');
  const chosen = steps.find(({ position }) => String(position) === stepParam) ?? current ?? steps.at(-1);
  const tellsFindings = findings.length > 0 || jobs.length > 0;
  const job = jobs.find((one) => one.id === jobParam) ?? jobs.at(-1);

  return (
    <Page
      title={title}
      back={back}
      mark={<StateMark state={state} of="work" />}
      actions={
        <>
          <Button
            refusal={
              role ??
              (over ? `It is over: ${state.toLowerCase()}.` : state === 'CANCELLING' ? 'It is being cancelled.' : null)
            }
            onPress={() => setAsked('cancel')}
          >
            Cancel
          </Button>
          <Button
            refusal={
              role ??
              (state === 'FAILED'
                ? null
                : state === 'CANCELLED'
                  ? 'It was cancelled, and what it did is taken back: ask for it anew.'
                  : 'Only what failed can be tried again.')
            }
            onPress={() => setAsked('retry')}
          >
            Retry
          </Button>
        </>
      }
      code={{
        document: FollowOperationDocument,
        variables: { operationId: id, after: 0 },
        command: commandLine('operation', 'watch', id),
      }}
    >
      {failure && (
        <Note
          tone={state === 'CANCELLED' ? 'idle' : 'bad'}
          title={state === 'CANCELLED' ? 'It was cancelled' : `It failed${failure.step ? ` in “${failure.step}”` : ''}`}
        >
          {state === 'CANCELLED' ? <p>What it did until then was taken back.</p> : <p>{asSentence(failure.message)}</p>}
        </Note>
      )}
      <div className="operation-head">
        {wasCut ? (
          <span>{sayDone(steps)}</span>
        ) : (
          <ProgressBar percent={percent} label={title} tone={state === 'SUCCEEDED' ? 'good' : 'busy'} />
        )}
        <span>
          {state === 'QUEUED' && 'It waits for a worker. '}
          {state === 'RUNNING' &&
            operation.secondsLeft != null &&
            `${asSentence(`${formatSecondsLeft(operation.secondsLeft)} left`)} `}
          {state === 'RUNNING' && current?.progress?.message && <bdi>{asSentence(current.progress.message)}</bdi>}
        </span>
      </div>
      <Facts
        facts={[
          instance
            ? [
                'Instance',
                <Link key="instance" to={`/instances/${instance.id}`}>
                  {instance.name}
                </Link>,
              ]
            : null,
          image
            ? [
                'Image',
                <Link key="image" to={`/images/${image.id}`}>
                  {image.name}
                </Link>,
              ]
            : null,
          [
            'Asked for',
            <span key="asked">
              <Moment at={operation.createdAt} /> by <bdi>{operation.requestedBy}</bdi>
            </span>,
          ],
          [over ? 'Took' : 'Takes so far', <Lasting key="took" from={startedAt} to={operation.finishedAt} />],
          operation.cancelledBy ? ['Cancelled by', operation.cancelledBy.name] : null,
          ['Workflow', operation.workflowVersion],
          ['Id', <Id key="id" value={id} />],
        ]}
      />
      {operation.notices.length > 0 && (
        <Note>
          {operation.notices.map((notice) => (
            <p key={notice}>{notice}</p>
          ))}
        </Note>
      )}
      <Panel title="Steps">
        <EarlierRuns runs={earlier} said={failure?.message ?? null} />
        <StepRows
          waterfall={waterfall}
          chosen={chosen?.position ?? 0}
          onChoose={(position) => setStep(String(position))}
          isOver={over}
          isCancelled={state === 'CANCELLED'}
        />
      </Panel>
      <div className={job ? 'columns beside' : 'columns'}>
        <div className="stack">
          {chosen && (
            <Panel title={chosen.name}>
              <StepDetail
                step={chosen}
                isSaid={chosen.failure?.message === failure?.message}
                isCancelled={state === 'CANCELLED'}
              />
            </Panel>
          )}
          {tellsFindings && (
            <Panel title="Findings">
              <Findings findings={findings} none={NO_FINDINGS[state] ?? 'Nothing is found so far.'} />
            </Panel>
          )}
        </div>
        {job && (
          <Panel title="Log of its job" actions={<JobChoice jobs={jobs} chosen={job.id} onChoose={setJob} />}>
            <JobLog key={job.id} job={job} operationId={id} />
          </Panel>
        )}
      </div>
      {asked === 'cancel' && (
        <ActionDialog
          title={`Cancel: ${title}?`}
          verb="Cancel operation"
          isDanger
          isKeyed={false}
          document={CancelOperationDocument}
          input={{ operationId: id }}
          command={commandLine('operation', 'cancel', id)}
          onClose={() => setAsked(null)}
        >
          <p>What it did so far is taken back: nothing half made stays. What it was made from is not touched.</p>
        </ActionDialog>
      )}
      {asked === 'retry' && (
        <ActionDialog
          title={`Retry: ${title}?`}
          verb="Retry"
          isKeyed={false}
          document={RetryOperationDocument}
          input={{ operationId: id }}
          command={commandLine('operation', 'retry', id, '--watch')}
          onClose={() => setAsked(null)}
          operationOf={({ retryOperation }) => retryOperation.operation.id}
        >
          <p>It runs again from its beginning.</p>
        </ActionDialog>
      )}
    </Page>
  );
}
