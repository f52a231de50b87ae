import pg from 'pg';
import type { Dice } from './dice.ts';

/** Roles that both servers have. */
export const ROLES = ['r_one', 'R "two"', 'r_three'] as const;

export const q = pg.escapeIdentifier;
export const lit = pg.escapeLiteral;

/** A table that later parts may build on: it has a column `id`, which its rows tell apart, and `v`, a text. */
export interface MadeTable {
  readonly name: string;
  /** Whether `id` is a key. */
  readonly hasKey: boolean;
}

/** What is there so far, by which later parts choose. All names are written as SQL takes them. */
export interface World {
  readonly schemas: string[];
  readonly tables: MadeTable[];
  readonly extensions: Set<string>;
  /** Functions from int to int, immutable. */
  readonly functions: string[];
  /** Types of a column, with an expression of `i` that gives a value of it. */
  readonly types: { readonly type: string; readonly value: string }[];
  readonly views: string[];
  count: number;
}

export function createWorld(): World {
  return {
    schemas: ['public'],
    tables: [],
    extensions: new Set(),
    functions: [],
    types: [],
    views: [],
    count: 0,
  };
}

const SHAPES = [
  (n: number) => `t${n}`,
  (n: number) => `Mixed ${n}`,
  (n: number) => `qu"ote${n}`,
  (n: number) => `sélect ☃ ${n}`,
  (n: number) => `a.b;--${n}`,
  (n: number) => `it's $$ \\ ${n}`,
  (n: number) => `user${n}`,
] as const;

/** A name that nothing here has, quoted, without a schema. */
export function newName(world: World, dice: Dice): string {
  world.count += 1;
  return q((dice.once(2) ? SHAPES[0] : dice.pick(SHAPES))(world.count));
}

/** The same, in one of the schemas. */
export function newPlace(world: World, dice: Dice): string {
  return `${dice.pick(world.schemas)}.${newName(world, dice)}`;
}

export const roleOf = (dice: Dice) => q(dice.pick(ROLES));

/** A part of a server: the statements that make it. What it needs and is not there, it does without. */
export type Part = (world: World, dice: Dice) => readonly string[];
