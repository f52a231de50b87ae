import { type RefObject, useLayoutEffect, useState } from 'react';

/** How wide something is shown, in pixels, and how many of them the text of the page is high. */
export interface Room {
  readonly width: number;
  readonly rem: number;
}

/** The room that an element has, now and whenever it changes; null before it is shown. */
export function useRoom(of: RefObject<HTMLElement | null>): Room | null {
  const [room, setRoom] = useState<Room | null>(null);
  useLayoutEffect(() => {
    const element = of.current;
    if (element === null) return;
    const measure = () => {
      const width = element.clientWidth;
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setRoom((known) => (known?.width === width && known.rem === rem ? known : { width, rem }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [of]);
  return room;
}
