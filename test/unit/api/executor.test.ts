import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  isInterfaceType,
  parse,
  validate,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiContext } from '../../../resolvers/context.ts';
import { createExecutor } from '../../../src/api/execution/executor.ts';
import { planOperation } from '../../../src/api/execution/plan-selection.ts';

const SDL = `
  interface Named { name: String! }
  enum Kind { SMALL LARGE }
  type Other implements Named { name: String!, flag: Boolean, thing: Thing }
  type Thing implements Named {
    name: String!, size: Int, kind: Kind!, share: Float
    inner: Thing, needed: Thing!, things: [Thing!], maybe: [Thing], named: Named, nameds: [Named!]!
    words: [String!]!, rows: [[Int]!], told(a: Int = 3, b: String): String
  }
  type Query { thing: Thing, needed: Thing!, things: [Thing!]!, named: Named, word: String! }
  type Mutation { thing: Thing }`;

/** Numbers that a seed gives, one after another. */
function createDice(seed: number): (sides: number) => number {
  let state = seed | 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

type Dice = ReturnType<typeof createDice>;

const LEAVES: Readonly<Record<string, readonly string[]>> = {
  Query: ['word', '__typename'],
  Thing: ['name', 'size', 'kind', 'share', 'words', 'rows', 'told', 'told(a: 4)', 'told(b: "x", a: $a)', '__typename'],
  Other: ['name', 'flag', '__typename'],
  Named: ['name', '__typename'],
};
const BRANCHES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Query: [
    ['thing', 'Thing'],
    ['needed', 'Thing'],
    ['things', 'Thing'],
    ['named', 'Named'],
  ],
  Thing: [
    ['inner', 'Thing'],
    ['needed', 'Thing'],
    ['things', 'Thing'],
    ['maybe', 'Thing'],
    ['named', 'Named'],
    ['nameds', 'Named'],
  ],
  Other: [['thing', 'Thing']],
  Named: [],
};

function pick<T>(dice: Dice, of: readonly T[]): T {
  return of[dice(of.length)] as T;
}

/** A selection of the type; some names are asked for twice, under other names, or within fragments. */
function writeSelection(dice: Dice, type: string, depth: number): string {
  const parts: string[] = [];
  for (let left = 1 + dice(4); left > 0; left -= 1) {
    const alias = dice(3) === 0 ? `${pick(dice, ['a', 'b', 'c'])}${parts.length}: ` : '';
    const branches = BRANCHES[type] ?? [];
    if (depth > 0 && branches.length > 0 && dice(2) === 0) {
      const [name, of] = pick(dice, branches);
      parts.push(`${alias}${name} ${writeSelection(dice, of, depth - 1)}`);
    } else if (depth > 0 && dice(4) === 0) {
      const of = type === 'Named' ? pick(dice, ['Thing', 'Other', 'Named']) : type;
      parts.push(`... ${dice(3) === 0 ? '' : `on ${of} `}${writeSelection(dice, type, depth - 1)}`);
    } else if (type === 'Thing' && dice(6) === 0) {
      parts.push('...Part');
    } else parts.push(`${alias}${pick(dice, LEAVES[type] ?? [])}`);
  }
  return `{ ${parts.join(' ')} }`;
}

/** A value in one of the ways in which a resolver may answer: at once, later, by a function, or not at all. */
function present(dice: Dice, faults: number, value: unknown): unknown {
  if (faults > 0 && dice(faults) === 0) {
    const fault = dice(6);
    if (fault === 0) return null;
    if (fault === 1) return undefined;
    if (fault === 2) return new Error('an error as a value');
    if (fault === 3) return { neither: 'a leaf', nor: 'a list' };
    if (fault === 4) {
      return () => {
        throw new Error('thrown');
      };
    }
    return () => Promise.reject(new Error('rejected'));
  }
  const way = dice(6);
  if (way === 0) return Promise.resolve(value);
  if (way === 1) return () => value;
  if (way === 2) return async () => value;
  return value;
}

/** It ends there, also where something is required. */
const LAST: Record<string, unknown> = { name: 'last', kind: 'SMALL', words: [], nameds: [] };
LAST.needed = LAST;

function buildThing(dice: Dice, faults: number, depth: number): unknown {
  const give = (value: unknown) => present(dice, faults, value);
  const many = (of: () => unknown) => Array.from({ length: dice(3) }, of);
  const thing = () => (depth > 0 ? buildThing(dice, faults, depth - 1) : LAST);
  const named = () => {
    if (depth === 0) return { ...LAST, __typename: 'Thing' };
    if (dice(2) === 0) return Object.assign(buildThing(dice, faults, depth - 1) as object, { __typename: 'Thing' });
    return {
      __typename: faults > 0 && dice(12) === 0 ? 'Nothing' : 'Other',
      name: give('other'),
      flag: give(true),
      thing: give(thing()),
    };
  };
  return {
    name: give(`name ${dice(100)}`),
    size: give(faults > 0 && dice(8) === 0 ? 2 ** 40 : dice(100)),
    kind: give(faults > 0 && dice(12) === 0 ? 'HUGE' : pick(dice, ['SMALL', 'LARGE'])),
    share: give(dice(100) / 7),
    inner: give(thing()),
    needed: give(thing()),
    things: give(many(() => give(thing()))),
    maybe: give(dice(10) === 0 ? new Set(many(() => give(thing()))) : many(() => give(thing()))),
    named: give(named()),
    nameds: give(many(() => give(named()))),
    words: give(many(() => give('word'))),
    rows: give(many(() => many(() => give(dice(100))))),
    told: ({ a, b }: { a: number; b?: string }) => present(dice, faults, `${a} ${b ?? 'nothing'}`),
  };
}

function buildRoot(seed: number, faults: number): object {
  const dice = createDice(seed);
  const thing = () => present(dice, faults, buildThing(dice, faults, 2));
  return {
    thing: thing(),
    needed: thing(),
    things: present(dice, faults, [thing(), thing()]),
    named: present(dice, faults, Object.assign(buildThing(dice, faults, 1) as object, { __typename: 'Thing' })),
    word: present(dice, faults, 'word'),
  };
}

function readSchema(): GraphQLSchema {
  const schema = buildSchema(SDL);
  const named = schema.getType('Named');
  if (!isInterfaceType(named)) throw new Error('the schema has changed');
  named.resolveType = (value) => {
    const { __typename: name } = value as { __typename: string };
    return name === 'Other' ? Promise.resolve(name) : name;
  };
  return schema;
}

/** What clients see of a result; whose words an internal error has, they do not. */
function shown({ data, errors = [] }: ExecutionResult): unknown {
  return {
    data: data === undefined ? undefined : JSON.parse(JSON.stringify(data)),
    errors: errors.map(({ path, locations }) => ({ path, locations })),
  };
}

const schema = readSchema();
const executePlanned = createExecutor(schema);
const contextValue = {} as ApiContext;

let unheard = 0;
const before = process.listeners('unhandledRejection');
// graphql's own leaves the errors of items unheard once one of the list has failed.
beforeAll(() => {
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => {
    unheard += 1;
  });
});
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of before) process.on('unhandledRejection', listener);
});

async function compare(document: DocumentNode, seed: number, faults: number): Promise<readonly [unknown, unknown]> {
  const variableValues = { a: 7 };
  await setImmediate();
  unheard = 0;
  const planned = await executePlanned({ document, variableValues, contextValue, rootValue: buildRoot(seed, faults) });
  await setImmediate();
  expect(unheard).toBe(0);
  const plain = await execute({ schema, document, variableValues, contextValue, rootValue: buildRoot(seed, faults) });
  return [shown(planned), shown(plain)];
}

function readDocument(seed: number): DocumentNode | null {
  const dice = createDice(seed);
  const selection = writeSelection(dice, 'Query', 4);
  const text = `query ($a: Int) { ...Use ${selection.slice(1)} fragment Use on Query { use: thing { ...Part use: told(a: $a) } }
    fragment Part on Thing { name inner { size } }`;
  const document = parse(text);
  return validate(schema, document).length === 0 ? document : null;
}

describe('an execution by a plan', () => {
  it.each([
    ['where all goes well', 0],
    ['where some fields fail', 12],
    ['where many fields fail', 3],
  ])('answers as graphql does, %s', async (_, faults) => {
    let valid = 0;
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), async (one, other) => {
        const document = readDocument(one);
        if (document === null) return;
        valid += 1;
        const [planned, plain] = await compare(document, other, faults);
        if ((plain as { errors: unknown[] }).errors.length > 0) failed += 1;
        expect(planned).toEqual(plain);
      }),
      { numRuns: 250 },
    );
    expect(valid).toBeGreaterThan(100);
    if (faults > 0) expect(failed).toBeGreaterThan(20);
  });

  it('leaves to graphql what it has no plan for', async () => {
    const planOf = (text: string) => {
      const document = parse(text);
      const [operation] = document.definitions;
      if (operation?.kind !== 'OperationDefinition') throw new Error('the first is no operation');
      return planOperation(schema, document, operation);
    };
    expect(planOf('{ word }')?.root).toHaveLength(1);
    for (const text of [
      '{ word @skip(if: true) }',
      '{ ... @include(if: true) { word } }',
      '{ __schema { types { name } } }',
      '{ __proto__: word }',
      'mutation { thing { name } }',
      `{ ${Array.from({ length: 5001 }, (_, at) => `a${at}: word`).join(' ')} }`,
    ]) {
      expect(planOf(text), text).toBeNull();
      const document = parse(text);
      const rootValue = { word: 'word', thing: { name: 'thing' } };
      const answers = [
        await executePlanned({ document, contextValue, rootValue }),
        await execute({ schema, document, contextValue, rootValue }),
      ];
      expect(shown(answers[0] as ExecutionResult)).toEqual(shown(answers[1] as ExecutionResult));
    }
  });

  it('says of variables that do not fit what graphql says, and begins nothing', async () => {
    let asked = 0;
    const rootValue = {
      thing: () => {
        asked += 1;
        return null;
      },
    };
    const document = parse('query ($a: Int) { thing { told(a: $a) } }');
    const result = await executePlanned({ document, contextValue, rootValue, variableValues: { a: 'x' } });
    expect(result.data).toBeUndefined();
    expect(result.errors).toHaveLength(1);
    expect(asked).toBe(0);
  });
});
