import { useEffect, useState } from 'react';
import { useLine } from '../api/connection.ts';

const GRACE_MS = 1500;

/** How the line to the server is, and whether it has been down for long enough to be told. */
function useTold() {
  const line = useLine();
  const [isLate, setLate] = useState(false);
  const isOpen = line === 'open';
  // A network that is there again has not brought the server yet.
  useEffect(() => {
    setLate(false);
    if (isOpen) return;
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [isOpen]);
  return { line, isDown: !isOpen && isLate };
}

/** How the line to the server is: said here and by its banner, and nowhere else. */
export function LineState() {
  const { line, isDown } = useTold();
  return (
    <span className={`line ${isDown ? 'down' : 'up'}`} role="status">
      {isDown ? (
        <span className="state bad">
          <Square />
          {line === 'offline' ? 'Offline' : 'Connecting'}
        </span>
      ) : (
        <span className="state good">
          <Dot />
          Live
        </span>
      )}
    </span>
  );
}

/** What a line that is down means for what is shown: above it, and over nothing that somebody may want to press. */
export function LineBanner() {
  const { line, isDown } = useTold();
  if (!isDown) return null;
  const words =
    line === 'offline'
      ? 'You are offline. What you see may be old; it comes up to date by itself.'
      : 'The line to the server is cut. What you see may be old; it comes up to date by itself.';
  return (
    <aside className="line-banner" aria-label="The line to the server">
      {words}
    </aside>
  );
}

function Dot() {
  return (
    <svg viewBox="0 0 16 16" width="10" height="10" aria-hidden="true">
      <circle cx="8" cy="8" r="5" />
    </svg>
  );
}

function Square() {
  return (
    <svg viewBox="0 0 16 16" width="10" height="10" aria-hidden="true">
      <path d="M2.5 2.5h11v11h-11z" />
    </svg>
  );
}
