import { useCallback, useSyncExternalStore } from 'react';

/** Whether a media query holds, now and at each change of the window; browsers do not tell when only its text has become larger. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (tell: () => void) => {
      const media = matchMedia(query);
      media.addEventListener('change', tell);
      return () => media.removeEventListener('change', tell);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
