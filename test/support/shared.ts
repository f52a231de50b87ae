import { afterAll, beforeAll } from 'vitest';

/**
 * What the tests of a file share: opened before the first of them and stopped after the last. To be called at the head of
 * the file; what it gives can be used in tests and hooks alone.
 */
export function useShared<T extends { stop(): Promise<unknown> }>(open: () => Promise<T>): T {
  let shared: T | undefined;
  beforeAll(async () => {
    shared = await open();
  });
  afterAll(() => shared?.stop());
  return new Proxy({} as T, {
    get(_, name) {
      if (shared === undefined) throw new Error(`${String(name)} is asked for before the tests have begun`);
      return Reflect.get(shared, name);
    },
    set(_, name) {
      throw new Error(`${String(name)} is for all tests of the file: it is not assigned to`);
    },
  });
}
