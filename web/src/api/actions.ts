import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, DONE_MS, type ToygresError, type TypedDocument } from './client.ts';
import { note, noticesIn } from './noted.ts';

/** Sends a mutation; what the server has to say besides its answer is shown by the shell. */
export async function sendMutation<Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const data = await api.request(document, variables, { withinMs: DONE_MS });
  note(noticesIn(data));
  return data;
}

/** A mutation: `run` sends it, and `error` is what the server said to the last one. */
export function useAction<Data, Variables>(document: TypedDocument<Data, Variables>) {
  const mutation = useMutation<Data, ToygresError, Variables>({
    mutationFn: (variables) => sendMutation(document, variables),
  });
  return {
    busy: mutation.isPending,
    error: mutation.error,
    reset: mutation.reset,
    /** Resolves with null where the server refused; `error` says why. */
    run: (variables: Variables): Promise<Data | null> => mutation.mutateAsync(variables).catch(() => null),
  };
}

/**
 * A key that makes sending the same again safe, for one form as long as it is open: another input has another. `renew` when it
 * is done, where the form stays open: the same input is then another wish, and not the old one again.
 */
export function useIdempotencyKey() {
  const key = useRef({ input: '', value: crypto.randomUUID() });
  const keyOf = (input: unknown): string => {
    const text = JSON.stringify(input);
    if (key.current.input !== text) key.current = { input: text, value: crypto.randomUUID() };
    return key.current.value;
  };
  const renew = () => {
    key.current = { input: '', value: crypto.randomUUID() };
  };
  return Object.assign(keyOf, { renew });
}
