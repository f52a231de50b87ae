import { type RefObject, useRef } from 'react';

const NEAR_END_PX = 24;
/** So long after somebody moved it, a scroll is theirs. */
const BY_HAND_MS = 1_000;
const UP_KEYS = ['PageUp', 'ArrowUp', 'Home'];

/**
 * Following the end of what scrolls: whoever scrolls up stops it, whoever scrolls to the end goes on. What the page itself
 * scrolls does neither.
 */
export function useFollowing(
  box: RefObject<HTMLDivElement | null>,
  { follows, stop, goOn }: { readonly follows: boolean; readonly stop: () => void; readonly goOn: () => void },
) {
  const last = useRef({ top: 0, height: 0 });
  const movedAt = useRef(Number.NEGATIVE_INFINITY);
  const byHand = () => {
    movedAt.current = performance.now();
  };
  const upByHand = () => {
    byHand();
    const element = box.current;
    if (follows && element !== null && element.scrollHeight > element.clientHeight) stop();
  };
  return {
    /** What scrolls next is not what somebody moved just now. */
    byPage() {
      movedAt.current = Number.NEGATIVE_INFINITY;
    },
    handlers: {
      onScroll() {
        const element = box.current;
        if (element === null) return;
        const { scrollTop: top, scrollHeight: height, clientHeight } = element;
        const isUp = top < last.current.top - 2 && height >= last.current.height;
        last.current = { top, height };
        if (performance.now() - movedAt.current > BY_HAND_MS) return;
        if (follows && isUp) stop();
        else if (!follows && height - top - clientHeight < NEAR_END_PX && !isUp) goOn();
      },
      onWheel: (event: { readonly deltaY: number }) => (event.deltaY < 0 ? upByHand() : byHand()),
      onKeyDown: (event: { readonly key: string }) => (UP_KEYS.includes(event.key) ? upByHand() : byHand()),
      onPointerDown: byHand,
      onPointerMove: (event: { readonly buttons: number }) => event.buttons > 0 && byHand(),
      onTouchMove: byHand,
    },
  };
}
