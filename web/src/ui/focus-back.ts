import { useEffect } from 'react';

const OVERLAYS = '[role="menu"], [role="dialog"], [role="alertdialog"]';

/** What of the page had the focus last: a menu that led to a dialog is gone when that closes. */
let last: HTMLElement | null = null;

addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && target.closest(OVERLAYS) === null) last = target;
});

/** Gives the focus back, when what asked is gone, to what had it before on the page, unless something else has it by then. */
export function useFocusBack(): void {
  useEffect(
    () => () => {
      const back = last;
      // What the library gives back comes first, one frame later.
      const look = () => {
        if (document.activeElement === null || document.activeElement === document.body) back?.focus();
      };
      requestAnimationFrame(() => requestAnimationFrame(look));
    },
    [],
  );
}
