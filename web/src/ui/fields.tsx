import { type ReactNode, useId } from 'react';
import { ToygresError } from '../api/client.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
}

/** What the server said of one field of an input; null where it said nothing of that. */
export function errorOf(error: Error | null, field: string): string | null {
  if (!(error instanceof ToygresError) || error.details.field === undefined) return null;
  const named = error.details.field;
  return named === field || named.startsWith(`${field}.`) || named.startsWith(`${field}[`) ? error.message : null;
}

function Field({
  label,
  hint,
  error,
  id,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className={`field${error ? ' wrong' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, { hint, error }: FieldProps): string | undefined {
  return [hint === undefined ? '' : `${id}-hint`, error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
}

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'datetime-local';
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly onBlur?: () => void;
  readonly min?: number;
  readonly max?: number;
  /** What the browser offers while somebody writes; anything else can be written as well. */
  readonly suggestions?: readonly string[];
}

export function TextField(props: TextFieldProps) {
  const { value, onChange, type = 'text', autoComplete = 'off', autoFocus, required, placeholder, onBlur } = props;
  const id = useId();
  return (
    <Field {...props} id={id}>
      <input
        id={id}
        className="input"
        type={type}
        value={value}
        min={props.min}
        max={props.max}
        list={props.suggestions === undefined ? undefined : `${id}-list`}
        required={required}
        placeholder={placeholder}
        autoComplete={autoComplete}
        spellCheck={false}
        autoCapitalize="none"
        // biome-ignore lint/a11y/noAutofocus: where a form was just opened by whoever will type.
        autoFocus={autoFocus}
        aria-invalid={props.error ? true : undefined}
        aria-describedby={describedBy(id, props)}
        onBlur={onBlur}
        onChange={(event) => onChange(event.target.value)}
      />
      {props.suggestions !== undefined && (
        <datalist id={`${id}-list`}>
          {props.suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </Field>
  );
}

export function TextArea(props: FieldProps & { readonly value: string; readonly onChange: (value: string) => void }) {
  const id = useId();
  return (
    <Field {...props} id={id}>
      <textarea
        id={id}
        className="input"
        rows={3}
        value={props.value}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </Field>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
}

export function SelectField<Value extends string>(
  props: FieldProps & {
    readonly value: Value;
    readonly choices: readonly Choice<Value>[];
    readonly onChange: (value: Value) => void;
  },
) {
  const id = useId();
  return (
    <Field {...props} id={id}>
      <select
        id={id}
        className="input"
        value={props.value}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => {
          const chosen = props.choices.find(({ value }) => value === event.target.value);
          if (chosen !== undefined) props.onChange(chosen.value);
        }}
      >
        {props.choices.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function CheckField(props: {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <label htmlFor={id}>{props.label}</label>
      {props.hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

/** One of a few, each with a sentence. */
export function RadioField<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly (Choice<Value> & { readonly hint?: string })[];
  readonly onChange: (value: Value) => void;
}) {
  const id = useId();
  return (
    <fieldset className="radios">
      <legend>{props.label}</legend>
      {props.choices.map(({ value, name, hint }) => (
        <label key={value} className="radio">
          <input
            type="radio"
            name={id}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>
            <strong>{name}</strong>
            {hint !== undefined && <span className="hint">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
