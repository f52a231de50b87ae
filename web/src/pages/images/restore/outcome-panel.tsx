import { formatDuration } from '../../../format/times.ts';
import { CheckField, RadioField } from '../../../ui/fields.tsx';
import { Panel } from '../../../ui/page.tsx';
import type { ImageShown } from '../image-shown.ts';
import type { RestoreForm } from './use-restore-form.ts';
import { WhatWillHappen } from './what-will-happen.tsx';

/** What will be as it was and what will not, how long it may take, and what has to be agreed to. */
export function OutcomePanel({
  image,
  form,
  tookMs,
}: {
  readonly image: ImageShown;
  readonly form: RestoreForm;
  /** How long the last one took; null when none is known. */
  readonly tookMs: number | null;
}) {
  const { choice, choose, losesRows } = form;
  const source = image.sourceInstanceName;
  const isSourceThere = image.sourceInstance != null && image.sourceInstance.state !== 'DELETED';
  const background = { isSourceThere, background: choice.background };
  return (
    <Panel title="3  What will happen">
      <WhatWillHappen image={image} {...background} leftOut={[...choice.leftOut]} />
      {tookMs !== null && <p>The last restore like this took {formatDuration(tookMs)}.</p>}
      {losesRows ? (
        <CheckField
          label={`I agree that what is listed under “Lost” will be missing in ${choice.name || 'the new instance'}.`}
          checked={choice.agreed}
          onChange={(agreed) => choose({ agreed })}
        />
      ) : (
        <CheckField
          label="Stop if anything at all would be missing"
          checked={choice.isStrict}
          onChange={(isStrict) => choose({ isStrict })}
          hint="Otherwise objects may be missing, each with a finding that says why; rows are never left out unless you agree."
        />
      )}
      <RadioField
        label="Work that runs by itself (jobs of pg_cron, subscriptions)"
        value={choice.background}
        choices={[
          {
            value: '',
            name: 'Whatever is safe',
            hint: isSourceThere
              ? `It is held, because ${source} still does it.`
              : `It runs: ${source} is gone, and nobody else does it.`,
          },
          { value: 'HOLD', name: 'Hold it', hint: 'It is there, and does nothing until you let it.' },
          {
            value: 'RUN',
            name: 'Let it run',
            hint: isSourceThere ? `Both ${source} and the new instance will do it.` : '',
          },
        ]}
        onChange={(chosen) => choose({ background: chosen })}
      />
    </Panel>
  );
}
