import { createDice } from './dice.ts';
import { PARTS } from './parts/all.ts';
import { createWorld } from './world.ts';

/** A part by its name, and what decides how it looks. */
export interface Wish {
  readonly part: string;
  readonly seed: number;
}

/** The statements of a random database, the same for the same wishes. One that fails is left out by whoever runs them. */
export function writeDatabase(wishes: readonly Wish[]): readonly string[] {
  const world = createWorld();
  return wishes.flatMap(({ part, seed }) => {
    const make = PARTS[part];
    if (make === undefined) throw new Error(`there is no part ${part}`);
    return [...make(world, createDice(seed))];
  });
}
