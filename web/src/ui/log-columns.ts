import { type RefObject, useLayoutEffect, useState } from 'react';

/** How wide one character of the log is: all are the same, but for those of some scripts. */
function measureCharacter(box: HTMLElement): number {
  const probe = document.createElement('span');
  probe.textContent = '0'.repeat(100);
  probe.style.position = 'absolute';
  box.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  return width / 100;
}

function measureColumns(box: HTMLElement): number {
  const text = box.querySelector('.log-text');
  const gutter = box.querySelector('.log-gutter');
  const taken = gutter === null ? 0 : gutter.getBoundingClientRect().width;
  const padding = text === null ? 0 : Number.parseFloat(getComputedStyle(text).paddingRight);
  return Math.max(1, Math.floor((box.clientWidth - taken - padding) / measureCharacter(box)));
}

/** How many characters of a line stand in one row of the box, where lines are wrapped; as many as there are otherwise. */
export function useColumns(box: RefObject<HTMLElement | null>, isWrapped: boolean): number {
  const [columns, setColumns] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const element = box.current;
    if (!isWrapped || element === null) return setColumns(Number.POSITIVE_INFINITY);
    const observer = new ResizeObserver(() => setColumns(measureColumns(element)));
    observer.observe(element);
    setColumns(measureColumns(element));
    return () => observer.disconnect();
  }, [box, isWrapped]);
  return columns;
}

/** How many rows a line takes; of characters that are wider than others it is found when it is drawn. */
export function rowsOf(text: string, columns: number): number {
  return Math.max(1, Math.ceil(text.length / columns));
}
