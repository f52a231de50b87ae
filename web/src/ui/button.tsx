import { type ReactNode, type SyntheticEvent, useId } from 'react';
import { Link } from 'react-router';
import { Icon, type IconName } from './icon.tsx';

export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet';

interface Looks {
  readonly kind?: ButtonKind;
  readonly icon?: IconName | undefined;
  readonly children?: ReactNode;
  /** For a button that is a drawing alone. */
  readonly label?: string | undefined;
}

export interface ButtonProps extends Looks {
  readonly onPress?: (() => void) | undefined;
  readonly type?: 'button' | 'submit';
  /** Why it cannot be pressed; null: it can. Stays within reach of the keyboard, so that everybody hears the reason. */
  readonly refusal?: string | null | undefined;
  readonly busy?: boolean | undefined;
  readonly pressed?: boolean | undefined;
  readonly expanded?: boolean | undefined;
  readonly autoFocus?: boolean;
}

function content({ icon, children }: Looks) {
  return (
    <>
      {icon !== undefined && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </>
  );
}

const MARGIN_PX = 8;

/** Moves the reason behind a button as far to the side as it takes to be seen whole. */
function keepWithinWindow({ currentTarget }: SyntheticEvent<HTMLElement>) {
  const reason = currentTarget.nextElementSibling;
  if (!(reason instanceof HTMLElement)) return;
  reason.style.translate = '';
  const { left, right } = reason.getBoundingClientRect();
  const beyond = Math.max(0, right + MARGIN_PX - document.documentElement.clientWidth);
  reason.style.translate = `${Math.max(MARGIN_PX - left, -beyond)}px`;
}

/** Does something. Its words are a verb. */
export function Button(props: ButtonProps) {
  const { kind = 'plain', type = 'button', refusal = null, busy = false, onPress, label, pressed, expanded } = props;
  const reason = useId();
  const isOff = refusal !== null || busy;
  const button = (
    <button
      type={type}
      className={`button ${kind}${props.children === undefined ? ' drawn' : ''}`}
      aria-disabled={isOff || undefined}
      aria-busy={busy || undefined}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-describedby={refusal === null ? undefined : reason}
      onPointerEnter={refusal === null ? undefined : keepWithinWindow}
      onFocus={refusal === null ? undefined : keepWithinWindow}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onPress?.();
      }}
    >
      {content(props)}
    </button>
  );
  if (refusal === null) return button;
  return (
    <span className="refused">
      {button}
      <span className="reason" role="tooltip" id={reason}>
        {refusal}
      </span>
    </span>
  );
}

/** Goes somewhere, and looks like a button. */
export function LinkButton({
  to,
  refusal = null,
  ...looks
}: Looks & { readonly to: string; readonly refusal?: string | null }) {
  if (refusal !== null) return <Button {...looks} refusal={refusal} />;
  return (
    <Link to={to} className={`button ${looks.kind ?? 'plain'}`} aria-label={looks.label}>
      {content(looks)}
    </Link>
  );
}
