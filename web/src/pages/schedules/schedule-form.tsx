import { type FormEvent, useState } from 'react';
import { cronWords, retentionWords } from '../../format/schedule-words.ts';
import type { ScheduleRowFragment } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { errorOf, RadioField, SelectField, TextField } from '../../ui/fields.tsx';
import { LabelsField } from '../../ui/labels.tsx';
import { ErrorNote } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { RetentionStrip } from './retention-strip.tsx';
import { commandOf, type inputOf, RULES, retentionOf, type ScheduleDraft } from './schedule-draft.ts';

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
  /** What is sent. */
  readonly input: Partial<ReturnType<typeof inputOf>>;
  /** The one that is changed; null: a new one. */
  readonly schedule: ScheduleRowFragment | null;
  /** Whose names begin to fit, and what is wrong with the one that is written. */
  readonly instances?: { readonly found: readonly string[]; readonly fault: string | null };
}) {
  const { draft, onChange, onSubmit, submit, busy, error, document, input, schedule, instances } = props;
  const [shown, setShown] = useState<object | null>(null);
  const set = (change: Partial<ScheduleDraft>) => onChange({ ...draft, ...change });
  const retention = retentionOf(draft);
  const fields = ['name', 'cron', 'timeZone', 'selector', 'instanceId', 'retention', 'drillEvery'];
  const isOfNone =
    draft.of === 'labels' && draft.labels.length === 0 ? 'Write a label, or choose every instance.' : null;
  const refusal = props.refusal ?? isOfNone ?? (draft.of === 'one' ? (instances?.fault ?? null) : null);
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
        <TextField
          label="Instance"
          value={draft.instanceName}
          required
          placeholder="a part of its name"
          suggestions={instances?.found ?? []}
          hint="One that runs or is stopped."
          error={(draft.instanceName === '' ? null : instances?.fault) ?? errorOf(error, 'instanceId')}
          onChange={(instanceName) => set({ instanceName })}
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
      <AsCode code={{ document, variables: { input }, command: commandOf(draft, verb, input) }} />
    </form>
  );
}
