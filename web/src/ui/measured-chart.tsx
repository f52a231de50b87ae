import type { ReactNode } from 'react';

/** A chart with its scale at the left and its span of time below; a screen reader has `words` for it. */
export function MeasuredChart(props: {
  readonly words: string;
  readonly width: number;
  readonly height: number;
  /** From the top down to nothing. */
  readonly scale: readonly string[];
  /** From the oldest on. */
  readonly span: readonly string[];
  readonly note?: string;
  readonly children: ReactNode;
}) {
  const { words, width, height, scale, span, note = '', children } = props;
  return (
    <figure className="measured">
      <div className="measured-scale" aria-hidden="true">
        {scale.map((one) => (
          <span key={one}>{one}</span>
        ))}
      </div>
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {scale.map((one, index) => (
          <path
            key={one}
            className="scale-line"
            d={`M0 ${(index / (scale.length - 1)) * height}H${width}`}
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {children}
      </svg>
      <div className="ruler measured-span" aria-hidden="true">
        {span.map((one) => (
          <span key={one}>{one}</span>
        ))}
      </div>
      {note !== '' && <figcaption className="muted">{note}</figcaption>}
    </figure>
  );
}
