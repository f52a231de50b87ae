import { type FollowOptions, followFrom } from './follow.ts';
import type { FollowInstanceLogsSubscription } from './generated/graphql.ts';

export type InstanceLogLine = FollowInstanceLogsSubscription['instanceLogBatches'][number];

/** What is asked for again after a cut. */
export interface InstanceLogStart {
  readonly tailLines?: number | null;
  readonly since?: string;
}

/** Where a log was cut: a server's lines have no numbers of their own, so the place is found by what they say. */
interface Place {
  readonly at: string;
  /** The last lines of that moment. */
  readonly texts: readonly string[];
}

const COMPARED_AT_MOST = 50;
const MISSED = '... the connection was cut, and lines that were written meanwhile may be missing ...';

/**
 * The lists of a server's log as `open` gives them, over lost connections: after a cut only what comes after the last line,
 * and a line that says so where more may have been written than the server reads back. Lines are numbered on.
 */
export async function* followInstanceLog(
  start: InstanceLogStart,
  open: (start: InstanceLogStart) => AsyncIterable<readonly InstanceLogLine[]>,
  options: FollowOptions,
): AsyncGenerator<readonly InstanceLogLine[], void, undefined> {
  let place: Place | null = null;
  let count = 0;

  async function* goOn(from: Place | null) {
    if (from === null) return yield* open(start);
    let isFound = false;
    for await (const lines of open({ tailLines: null, since: from.at })) {
      const rest: readonly InstanceLogLine[] = isFound ? lines : after(from, lines);
      isFound = true;
      if (rest.length > 0) yield rest;
    }
  }

  const placeOf = (lines: readonly InstanceLogLine[]): Place | null => {
    place = lines.reduce(moved, place);
    return place;
  };
  for await (const lines of followFrom<readonly InstanceLogLine[], Place | null>(null, goOn, placeOf, options)) {
    const before = count;
    count += lines.length;
    yield lines.map((line, index) => ({ ...line, line: before + index + 1 }));
  }
}

/** Lines without a time are no lines of the log: they say what is missing. */
function moved(place: Place | null, { at = null, text }: InstanceLogLine): Place | null {
  if (at === null) return place;
  const texts = place !== null && place.at === at ? place.texts : [];
  return { at, texts: [...texts.slice(1 - COMPARED_AT_MOST), text] };
}

/** What of the first lines after a cut was not there before it. */
function after({ at, texts }: Place, lines: readonly InstanceLogLine[]): readonly InstanceLogLine[] {
  const isOther = lines.findIndex((line) => line.at != null && line.at !== at);
  for (let end = isOther < 0 ? lines.length : isOther; end >= texts.length; end -= 1) {
    if (texts.every((text, index) => lines[end - texts.length + index]?.text === text)) return lines.slice(end);
  }
  return [{ line: 0, at: null, text: MISSED }, ...lines];
}
