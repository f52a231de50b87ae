import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { ToygresError } from '../api/client.ts';
import { asSentence } from '../format/words.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy.tsx';
import { Icon } from './icon.tsx';

/** Something to know, on the page that it is about. */
export function Note({
  tone = 'idle',
  title,
  children,
}: {
  readonly tone?: 'idle' | 'good' | 'warn' | 'bad';
  readonly title?: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className={`note ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      {tone !== 'idle' && <Icon name={tone === 'good' ? 'check' : 'alerts'} size={18} />}
      <div>
        {title !== undefined && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  NOT_FOUND: 'It is not there',
  CONFLICT: 'Not now',
  INVALID_INPUT: 'Something is not right in what was entered',
  UNAUTHENTICATED: 'You are not signed in',
  FORBIDDEN: 'You may not do this',
  UNAVAILABLE: 'The server cannot be reached',
  INTERNAL: 'The server has a fault',
};

/** What the server said: cause, what stands in the way, the reference to give to whoever runs the server. */
export function ErrorNote({
  error,
  onRetry,
}: {
  readonly error: Error | null | undefined;
  readonly onRetry?: () => void;
}) {
  if (error === null || error === undefined) return null;
  const { code, details } = error instanceof ToygresError ? error : { code: '', details: null };
  return (
    <Note tone="bad" title={TITLES[code] ?? 'It did not work'}>
      <p>{asSentence(error.message)}</p>
      {details?.operationId !== undefined && (
        <p>
          <Link to={`/operations/${details.operationId}`}>Show what stands in the way</Link>
        </p>
      )}
      {details?.reference !== undefined && (
        <p>
          Reference for the server's log: <code>{details.reference}</code>
          <CopyButton text={details.reference} what="the reference" />
        </p>
      )}
      {onRetry !== undefined && <Button onPress={onRetry}>Ask again</Button>}
    </Note>
  );
}

/** What a page has asked for. */
interface Asked {
  readonly error: Error | null | undefined;
  readonly retry: () => unknown;
}

/** What failed of all that a page asks for: alike failures are said once, and asked for again by one press. */
export function ErrorNotes({ asked }: { readonly asked: readonly Asked[] }) {
  const failed = asked.flatMap(({ error, retry }) => (error ? [{ error, retry }] : []));
  const alike = Map.groupBy(failed, ({ error }) => error.message);
  return [...alike].map(([message, [first, ...others]]) => (
    <ErrorNote
      key={message}
      error={first?.error}
      onRetry={() => {
        first?.retry();
        for (const other of others) other.retry();
      }}
    />
  ));
}

/** A place with nothing in it yet: what it is for, and how to begin. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {action !== undefined && <div className="actions">{action}</div>}
    </div>
  );
}

/** Stands where rows will be, in their shape; after a moment it says what it waits for. */
export function Waiting({ what, rows = 4 }: { readonly what: string; readonly rows?: number }) {
  return (
    <div className="waiting" role="status">
      <span className="waiting-word">Loading {what} …</span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without anything in them.
        <span key={index} className="skeleton" />
      ))}
    </div>
  );
}

/** The same where there is no page yet, whose heading it would stand below. */
export function WaitingAlone({ what }: { readonly what: string }) {
  return (
    <>
      <h1 className="visually-hidden">Toygres</h1>
      <Waiting what={what} />
    </>
  );
}
