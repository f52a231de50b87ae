import { useId, useState } from 'react';
import type { LabelPair } from './label-edits.ts';

export type { LabelPair };

/** `env=prod` as a pair; null for what is none yet. */
export function parseLabel(text: string): LabelPair | null {
  const at = text.indexOf('=');
  const [key, value] = at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return key === '' ? null : { key, value };
}

export const printLabel = ({ key, value }: LabelPair) => (value === '' ? key : `${key}=${value}`);

export function Labels({
  labels,
  onPick,
}: {
  readonly labels: readonly LabelPair[];
  readonly onPick?: (label: LabelPair) => void;
}) {
  if (labels.length === 0) return <span className="muted">–</span>;
  return (
    <span className="labels">
      {labels.map((label) =>
        onPick === undefined ? (
          <span key={label.key} className="label" title={printLabel(label)}>
            {printLabel(label)}
          </span>
        ) : (
          <button
            key={label.key}
            type="button"
            className="label"
            title={`Show only what is labelled ${printLabel(label)}`}
            onClick={() => onPick(label)}
          >
            {printLabel(label)}
          </button>
        ),
      )}
    </span>
  );
}

/** Labels as a list to which more can be written, `key=value` and Enter. */
export function LabelsField(props: {
  readonly label?: string;
  readonly labels: readonly LabelPair[];
  readonly onChange: (labels: readonly LabelPair[]) => void;
  readonly error?: string | null;
}) {
  const { labels, onChange, error, label = 'Labels' } = props;
  const [text, setText] = useState('');
  const id = useId();
  const add = () => {
    const parsed = parseLabel(text);
    if (parsed === null) return;
    onChange([...labels.filter(({ key }) => key !== parsed.key), parsed]);
    setText('');
  };
  return (
    <div className={`field${error ? ' wrong' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <div className="input labels-input">
        {labels.map((one) => (
          <button
            key={one.key}
            type="button"
            className="label"
            aria-label={`Remove the label ${printLabel(one)}`}
            onClick={() => onChange(labels.filter(({ key }) => key !== one.key))}
          >
            {printLabel(one)} ×
          </button>
        ))}
        <input
          id={id}
          value={text}
          placeholder="key=value, then Enter"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && text.trim() !== '') {
              event.preventDefault();
              add();
            } else if (event.key === 'Backspace' && text === '') onChange(labels.slice(0, -1));
          }}
        />
      </div>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
