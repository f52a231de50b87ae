import { Fragment } from 'react';

/** A text whose lines end between its words alone, and not within a name that has a hyphen, where it has room as a whole. */
export function WholeWords({ text }: { readonly text: string }) {
  return text.split(' ').map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: words of one text stay in their order.
    <Fragment key={index}>
      {index > 0 && ' '}
      <span className="whole">{word}</span>
    </Fragment>
  ));
}
