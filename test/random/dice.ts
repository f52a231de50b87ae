/** Choices that are the same for the same seed. */
export interface Dice {
  /** From 0 up to, and without, `below`. */
  nat(below: number): number;
  pick<T>(list: readonly T[]): T;
  /** True once in so many. */
  once(inSoMany: number): boolean;
  /** Each of the list with even odds, in its order. */
  some<T>(list: readonly T[]): T[];
}

/** Mulberry32: small, and good enough to choose by. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const nat = (below: number) => Math.floor(next() * below);
  return {
    nat,
    pick: (list) => {
      const found = list[nat(list.length)];
      if (found === undefined && list.length === 0) throw new Error('there is nothing to choose from');
      return found as (typeof list)[number];
    },
    once: (inSoMany) => nat(inSoMany) === 0,
    some: (list) => list.filter(() => nat(2) === 0),
  };
}
