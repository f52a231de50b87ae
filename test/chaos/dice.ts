/** Random choices that are the same for the same seed. */
export interface Dice {
  /** From 0, below the limit. */
  below(limit: number): number;
  /** Null when there is none. */
  among<T>(choices: readonly T[]): T | null;
  /** A choice by its weight. */
  weighed<T>(choices: readonly (readonly [T, number])[]): T;
  /** Other dice, whose throws do not depend on how often these are thrown. */
  apart(name: string): Dice;
}

/** A small generator (splitmix32): quality enough for choices, and no package. */
export function createDice(seed: string): Dice {
  let state = 0x811c9dc5;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const dice: Dice = {
    below: (limit) => Math.floor(next() * limit),
    among: (choices) => choices[dice.below(choices.length)] ?? null,
    weighed(choices) {
      const sum = choices.reduce((total, [, weight]) => total + weight, 0);
      let left = next() * sum;
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      throw new Error('there is nothing to choose from');
    },
    apart: (name) => createDice(`${seed}/${name}`),
  };
  return dice;
}
