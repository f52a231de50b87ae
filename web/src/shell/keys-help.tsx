import { useEffect, useState } from 'react';
import { AskDialog } from '../ui/dialog.tsx';
import { isTyping } from '../ui/table.tsx';

const KEYS = [
  ['Ctrl K', 'search, and start anything'],
  ['/', 'filter the list'],
  ['j, k', 'next row, row before'],
  ['Enter', 'open the row'],
  ['Space', 'select the row'],
  ['Escape', 'close what is open'],
  ['?', 'these keys'],
] as const;

/** The keys, at `?`. */
export function KeysHelp() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event.target)) setOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  if (!isOpen) return null;
  return (
    <AskDialog title="Keys" onClose={() => setOpen(false)}>
      <dl className="keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </AskDialog>
  );
}
