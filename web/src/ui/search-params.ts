import { useSearchParams } from 'react-router';

/** One word of the address, so that what is shown can be sent to somebody; an empty one is left out. */
export function useParam(name: string, fallback = ''): readonly [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string) =>
    setParams(
      (present) => {
        const next = new URLSearchParams(present);
        if (value === fallback) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return [params.get(name) ?? fallback, set];
}
