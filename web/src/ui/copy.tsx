import { Fragment, useEffect, useState } from 'react';
import { Icon } from './icon.tsx';

/** Puts a text on the clipboard, and says so. */
export function CopyButton({
  text,
  what,
  words,
}: {
  readonly text: string;
  readonly what: string;
  readonly words?: string;
}) {
  const [done, setDone] = useState<'no' | 'yes' | 'failed'>('no');
  useEffect(() => {
    if (done === 'no') return;
    const timer = setTimeout(() => setDone('no'), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const said = done === 'yes' ? 'Copied' : done === 'failed' ? 'Not copied: the browser refuses' : `Copy ${what}`;
  return (
    <button
      type="button"
      className={`button quiet copy${words === undefined ? ' drawn' : ''}`}
      aria-label={said}
      title={said}
      onClick={() => {
        const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
        written.then(
          () => setDone('yes'),
          () => setDone(copyBySelection(text) ? 'yes' : 'failed'),
        );
      }}
    >
      <Icon name={done === 'yes' ? 'check' : 'copy'} size={14} />
      {words !== undefined && <span>{done === 'yes' ? 'Copied' : words}</span>}
    </button>
  );
}

/** Where there is no clipboard: pages that come without TLS from elsewhere than this machine. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/** An id, short, and whole in the clipboard. */
export function Id({ value, what = 'id' }: { readonly value: string; readonly what?: string }) {
  return (
    <span className="id">
      <code title={value}>{value.slice(0, 8)}</code>
      <CopyButton text={value} what={what} />
    </span>
  );
}

/** Between what a reader takes as one: the scheme, who, the host, the port, the database. */
const PARTS_OF_ADDRESS = /(?<=\/\/|@|:\d+\/)|(?=:\d+(?:\/|$))/;

/** An address, which is whole in the clipboard and breaks between its parts where it has no room. */
export function Address({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className="id wrap">
      <code>
        {text.split(PARTS_OF_ADDRESS).map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text stay in their order.
          <Fragment key={index}>
            {index > 0 && <wbr />}
            {part}
          </Fragment>
        ))}
      </code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
