import { type FormEvent, type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { useAction, useIdempotencyKey } from '../api/actions.ts';
import type { TypedDocument } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import { type Role, useRefusal } from '../api/viewer.tsx';
import { AsCode } from './as-code.tsx';
import { Button } from './button.tsx';
import { AskDialog } from './dialog.tsx';
import { ErrorNote, Note } from './notices.tsx';

/**
 * Asks before something is done: what it is, the same as code, and the verb. Then it goes to the operation that does it;
 * where there is none, it closes.
 */
export function ActionDialog<Data, Input extends object>(props: {
  readonly title: string;
  readonly verb: string;
  readonly document: TypedDocument<Data, { readonly input: Input }>;
  readonly input: Input;
  readonly command: string | null;
  readonly onClose: () => void;
  /** The operation of the answer, where there is one. */
  readonly operationOf?: (data: Data) => string | null | undefined;
  readonly isDanger?: boolean;
  /** For inputs that take a key which makes sending them again safe. */
  readonly isKeyed?: boolean;
  readonly needs?: Role;
  readonly refusal?: string | null;
  readonly onDone?: (data: Data) => void;
  /** Given the error of the last try, to show it at its field. */
  readonly children?: ReactNode | ((error: Error | null) => ReactNode);
}) {
  const { title, verb, document, input, command, onClose, operationOf, onDone, children, needs = 'OPERATOR' } = props;
  const action = useAction(document);
  const keyOf = useIdempotencyKey();
  const navigate = useNavigate();
  const byRole = useRefusal(needs);
  const [isSent, setSent] = useState(false);
  const refusal = byRole ?? props.refusal ?? null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (refusal !== null || action.busy) return;
    setSent(true);
    const full = props.isKeyed === false ? input : { ...input, idempotencyKey: keyOf(input) };
    const data = await action.run({ input: full });
    if (data === null) return;
    void queries.invalidateQueries();
    onDone?.(data);
    onClose();
    const operation = operationOf?.(data);
    if (operation) void navigate(`/operations/${operation}`);
  };

  return (
    <AskDialog title={title} onClose={onClose} isAlert={props.isDanger === true}>
      <form className="form" noValidate onSubmit={(event) => void submit(event)}>
        {typeof children === 'function' ? children(action.error) : children}
        {isSent && <ErrorNote error={action.error} />}
        {byRole !== null && <Note>{byRole}</Note>}
        <AsCode code={{ document, variables: { input }, command }} />
        <div className="dialog-end">
          <Button onPress={onClose}>Go back</Button>
          <Button type="submit" kind={props.isDanger ? 'danger' : 'primary'} refusal={refusal} busy={action.busy}>
            {verb}
          </Button>
        </div>
      </form>
    </AskDialog>
  );
}
