import { useEffect, useState } from 'react';
import { useLine } from '../api/connection.ts';

const GRACE_MS = 1500;

/** How the line to the server is: said here, once, and nowhere else. */
export function LineState() {
  const line = useLine();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (line === 'open') return;
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [line]);
  const isDown = line !== 'open' && isLate;
  const words =
    line === 'offline'
      ? 'You are offline. What you see may be old; it comes up to date by itself.'
      : 'The line to the server is cut. What you see may be old; it comes up to date by itself.';
  return (
    <>
      <span className={`line ${isDown ? 'down' : 'up'}`} role="status">
        {isDown ? (
          <span className="state bad">{line === 'offline' ? 'Offline' : 'Connecting'}</span>
        ) : (
          <span className="state good">
            <Dot />
            Live
          </span>
        )}
      </span>
      {isDown && <div className="line-banner">{words}</div>}
    </>
  );
}

function Dot() {
  return (
    <svg viewBox="0 0 16 16" width="10" height="10" aria-hidden="true">
      <circle cx="8" cy="8" r="5" />
    </svg>
  );
}
