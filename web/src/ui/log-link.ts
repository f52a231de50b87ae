import { useEffect, useRef, useState } from 'react';
import type { LogLines, ShownLine } from './log-lines.ts';

/** What a link to a line names it by: its number, where that is the same for everybody, or its moment. */
export type LinkBy = 'line' | 'at';

/** What the address holds for this line. */
export const linkOf = (line: ShownLine, by: LinkBy): string => (by === 'line' ? String(line.line) : (line.at ?? ''));

/** So long lines may come before it is said that the one of a link is not among them. */
const PATIENCE_MS = 3_000;

/** Shows the line of a link as soon as it is there, once; true when it has not come. */
export function useLinkedLine(
  lines: LogLines,
  version: number,
  link: { readonly wanted: string; readonly by: LinkBy },
  show: (index: number) => void,
): boolean {
  const [first] = useState(link.wanted);
  const isShown = useRef(first === '');
  const [isLate, setLate] = useState(false);
  const hasLines = lines.count > 0;
  useEffect(() => {
    if (isShown.current || !hasLines) return;
    const timer = setTimeout(() => setLate(!isShown.current), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [hasLines]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each change of the lines, until it is found.
  useEffect(() => {
    if (isShown.current) return;
    const index = lines.all().findIndex((line) => linkOf(line, link.by) === first);
    if (index < 0) return;
    isShown.current = true;
    setLate(false);
    show(index);
  }, [version]);
  return isLate && link.wanted === first && first !== '';
}
