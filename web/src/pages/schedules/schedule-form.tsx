import { type FormEvent, useState } from 'react';
import { commandLine } from '../../format/command-line.ts';
import { cronWords, retentionWords } from '../../format/schedule-words.ts';
import type { ImageMethod, ScheduleRowFragment } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { errorOf, RadioField, SelectField, TextField } from '../../ui/fields.tsx';
import { type LabelPair, LabelsField } from '../../ui/labels.tsx';
import { ErrorNote } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { RetentionStrip } from './retention-strip.tsx';

const RULES = [
  ['keepLast', 'The newest', '--keep-last'],
  ['keepHourly', 'Hourly', '--keep-hourly'],
  ['keepDaily', 'Daily', '--keep-daily'],
  ['keepWeekly', 'Weekly', '--keep-weekly'],
  ['keepMonthly', 'Monthly', '--keep-monthly'],
  ['keepYearly', 'Yearly', '--keep-yearly'],
  ['keepDays', 'All, in days', '--keep-days'],
] as const;

type Rule = (typeof RULES)[number][0];

/** What somebody has entered, as text until it is sent. */
export interface ScheduleDraft {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly of: 'labels' | 'every' | 'one';
  readonly labels: readonly LabelPair[];
  readonly instanceId: string;
  readonly method: ImageMethod;
  readonly drillEvery: string;
  readonly rules: { readonly [Name in Rule]?: string };
}

export const EMPTY_DRAFT: ScheduleDraft = {
  name: '',
  cron: '0 3 * * *',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  of: 'labels',
  labels: [],
  instanceId: '',
  method: 'LOGICAL',
  drillEvery: '7',
  rules: { keepDaily: '7', keepWeekly: '4', keepMonthly: '12' },
};

/** A schedule as it is, to be changed. */
export function draftOf(schedule: ScheduleRowFragment): ScheduleDraft {
  const { name, cron, timeZone, instance, selector, method, drillEvery, retention } = schedule;
  const rules = RULES.flatMap(([rule]) => (retention[rule] == null ? [] : [[rule, String(retention[rule])]]));
  const of = instance ? 'one' : selector.length > 0 ? 'labels' : 'every';
  const labels = selector.map(({ key, value }) => ({ key, value }));
  const common = { name, cron, timeZone, of, labels, method, instanceId: instance?.id ?? '' } as const;
  return { ...common, drillEvery: drillEvery == null ? '' : String(drillEvery), rules: Object.fromEntries(rules) };
}

/** The rules that were entered. */
export function retentionOf({ rules }: ScheduleDraft): { [Name in Rule]?: number } {
  const given = Object.entries(rules).filter(([, text]) => text !== undefined && text.trim() !== '');
  return Object.fromEntries(given.map(([rule, text]) => [rule, Number(text)]));
}

/** What both, making and changing, send. */
export function inputOf(draft: ScheduleDraft) {
  const { name, cron, timeZone, of, labels, method, drillEvery } = draft;
  return {
    name,
    cron,
    timeZone,
    method,
    drillEvery: drillEvery.trim() === '' ? null : Number(drillEvery),
    retention: retentionOf(draft),
    ...(of === 'one' ? {} : { selector: of === 'every' ? [] : labels.map(({ key, value }) => ({ key, value })) }),
  };
}

function commandOf(draft: ScheduleDraft, verb: readonly string[]): string {
  const { cron, timeZone, of, labels, instanceId, method, drillEvery } = draft;
  const subjects =
    of === 'every'
      ? ['--every-instance']
      : of === 'one'
        ? verb[1] === 'create'
          ? ['--instance', instanceId]
          : []
        : labels.flatMap((label) => ['--label', `${label.key}=${label.value}`]);
  const rules = RULES.flatMap(([rule, , flag]) => (draft.rules[rule] ? [flag, draft.rules[rule]] : []));
  const drills = ['--drill-every', drillEvery.trim() === '' ? '0' : drillEvery];
  return commandLine(...verb, '--cron', cron, '--time-zone', timeZone, subjects, '--method', method, drills, rules);
}

/** A form for a schedule, with what its rules would do to the images that are there. */
export function ScheduleForm(props: {
  readonly draft: ScheduleDraft;
  readonly onChange: (draft: ScheduleDraft) => void;
  readonly onSubmit: () => void;
  readonly submit: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly refusal: string | null;
  readonly document: { toString(): string };
  readonly variables: unknown;
  /** The one that is changed; null: a new one. */
  readonly schedule: ScheduleRowFragment | null;
  readonly instances: readonly { readonly id: string; readonly name: string }[];
}) {
  const { draft, onChange, onSubmit, submit, busy, error, refusal, document, variables, schedule, instances } = props;
  const [shown, setShown] = useState<object | null>(null);
  const set = (change: Partial<ScheduleDraft>) => onChange({ ...draft, ...change });
  const retention = retentionOf(draft);
  const fields = ['name', 'cron', 'timeZone', 'selector', 'instanceId', 'retention', 'drillEvery'];
  const isToldBeside = error !== null && fields.some((field) => errorOf(error, field) !== null);
  const verb = schedule === null ? ['schedule', 'create', draft.name] : ['schedule', 'update', schedule.name];
  return (
    <form
      className="form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (refusal === null && !busy) onSubmit();
      }}
    >
      <TextField
        label="Name"
        value={draft.name}
        required
        error={errorOf(error, 'name')}
        onChange={(name) => set({ name })}
      />
      <div className="columns">
        <TextField
          label="When, as cron"
          value={draft.cron}
          required
          error={errorOf(error, 'cron')}
          hint={cronWords(draft.cron)}
          onChange={(cron) => set({ cron })}
        />
        <TextField
          label="Time zone"
          value={draft.timeZone}
          required
          error={errorOf(error, 'timeZone')}
          onChange={(timeZone) => set({ timeZone })}
        />
      </div>
      {schedule?.instance ? null : (
        <RadioField
          label="Images of"
          value={draft.of}
          choices={[
            { value: 'labels', name: 'Instances with labels', hint: ' looked up at each run' },
            { value: 'every', name: 'Every instance' },
            ...(schedule === null ? [{ value: 'one', name: 'One instance' } as const] : []),
          ]}
          onChange={(of) => set({ of })}
        />
      )}
      {draft.of === 'labels' && (
        <LabelsField labels={draft.labels} error={errorOf(error, 'selector')} onChange={(labels) => set({ labels })} />
      )}
      {draft.of === 'one' && schedule === null && (
        <SelectField
          label="Instance"
          value={draft.instanceId}
          choices={[{ value: '', name: 'choose one' }, ...instances.map(({ id, name }) => ({ value: id, name }))]}
          error={errorOf(error, 'instanceId')}
          onChange={(instanceId) => set({ instanceId })}
        />
      )}
      <div className="columns">
        <SelectField
          label="Method"
          value={draft.method}
          choices={[
            { value: 'LOGICAL', name: 'Logical: pg_dump of every database' },
            { value: 'PHYSICAL', name: "Physical: the cluster's files" },
          ]}
          onChange={(method) => set({ method })}
        />
        <TextField
          label="Proven by a drill"
          type="number"
          min={1}
          value={draft.drillEvery}
          hint="7: every 7th image is restored and compared. Empty: none is."
          error={errorOf(error, 'drillEvery')}
          onChange={(drillEvery) => set({ drillEvery })}
        />
      </div>
      <fieldset className="rules">
        <legend>Kept: {retentionWords(retention)}</legend>
        <p className="hint">
          So many of each are kept; an image stays that any rule wants. The newest, and the newest proven one, always
          stay.
        </p>
        <div className="columns rule-fields">
          {RULES.map(([rule, label]) => (
            <TextField
              key={rule}
              label={label}
              type="number"
              min={1}
              value={draft.rules[rule] ?? ''}
              error={errorOf(error, `retention.${rule}`)}
              onChange={(text) => set({ rules: { ...draft.rules, [rule]: text } })}
            />
          ))}
        </div>
      </fieldset>
      {schedule !== null && (
        <Panel
          title="What these rules would do to its images"
          actions={<Button onPress={() => setShown(retention)}>{shown === null ? 'Show' : 'Show again'}</Button>}
        >
          {shown === null ? (
            <p className="muted">Nothing is done by looking.</p>
          ) : (
            <RetentionStrip input={{ scheduleId: schedule.id, retention: shown }} />
          )}
        </Panel>
      )}
      {!isToldBeside && <ErrorNote error={error} />}
      <div className="actions">
        <Button kind="primary" type="submit" busy={busy} refusal={refusal}>
          {submit}
        </Button>
      </div>
      <AsCode code={{ document, variables, command: commandOf(draft, verb) }} />
    </form>
  );
}
