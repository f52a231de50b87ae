import type { Tick } from '../format/ticks.ts';

/** Names below, or above, a line, each where it belongs; the last one ends where the line does. */
export function Ruler({ ticks, end }: { readonly ticks: readonly Tick[]; readonly end: string }) {
  return (
    <span className="ticked" aria-hidden="true">
      {ticks.map(({ at, name }) => (
        <span key={name} className={at === 0 ? 'tick first' : 'tick'} style={{ left: `${at * 100}%` }}>
          {name}
        </span>
      ))}
      <span className="tick last">{end}</span>
    </span>
  );
}
