import { getIntrospectionQuery, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { LimitRule } from '../../../schema/rules/request-limits.ts';
import { checkLiterals } from '../../../src/api/errors/literals.ts';
import { checkOperation } from '../../../src/api/limits/check-operation.ts';
import { LIMITS } from '../../../src/api/limits/limits.ts';
import { parseDocument } from '../../../src/api/limits/parse-document.ts';
import { createSubscriptionSlots } from '../../../src/api/limits/subscription-slots.ts';
import { readSchema } from '../../../src/api/schema.ts';

const beyond = (rule: LimitRule, message: RegExp) =>
  expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(message), details: { rule } });

const check = (query: string, variables: Record<string, unknown> = {}) =>
  checkOperation(readSchema(), parse(query), { variables });

describe('a document', () => {
  it('may be what GraphiQL asks the schema with', () => {
    const options = { descriptions: true, specifiedByUrl: true, inputValueDeprecation: true, oneOf: true };
    expect(parseDocument(getIntrospectionQuery(options)).kind).toBe(Kind.DOCUMENT);
  });

  it.each([
    ['10,000 aliases', `{ ${Array.from({ length: 10_000 }, (_, n) => `a${n}: viewer { name }`).join(' ')} }`],
    ['a megabyte of fields', `{ ${'viewer { name } '.repeat(65_000)} }`],
  ])('of %s is read no further than the limit', (_what, source) => {
    expect(() => parseDocument(source)).toThrow(beyond('documentTooLong', /more than 8000 words and signs/));
  });

  it('may have so many aliases and no more', () => {
    const build = (count: number) =>
      `{ ${Array.from({ length: count }, (_, n) => `a${n}: viewer { name }`).join(' ')} }`;
    expect(parseDocument(build(LIMITS.aliases)).kind).toBe(Kind.DOCUMENT);
    expect(() => parseDocument(build(LIMITS.aliases + 1))).toThrow(
      beyond('tooManyAliases', /151 aliases, and 150 are allowed/),
    );
    // So many that there are too many fields as well: the aliases are what whoever wrote it can mend.
    expect(() => parseDocument(build(1000))).toThrow(beyond('tooManyAliases', /1000 aliases/));
  });

  it('may have so many fields and no more', () => {
    const source = `{ viewer { ${'name '.repeat(LIMITS.fields)} } }`;
    expect(() => parseDocument(source)).toThrow(beyond('documentTooLong', /1501 fields and fragments/));
  });

  it('may be so deep and no deeper, fragments followed', () => {
    const nest = (levels: number, leaf = 'name') => `${'a { '.repeat(levels - 1)}${leaf}${' }'.repeat(levels - 1)}`;
    expect(parseDocument(`{ ${nest(LIMITS.depth)} }`).kind).toBe(Kind.DOCUMENT);
    expect(() => parseDocument(`{ ${nest(LIMITS.depth + 1)} }`)).toThrow(beyond('documentTooDeep', /levels deep/));
    const split = `{ ${nest(LIMITS.depth, '...Rest')} } fragment Rest on Query { ${nest(2)} }`;
    expect(() => parseDocument(split)).toThrow(beyond('documentTooDeep', /levels deep/));
  });

  it.each([
    ['selections', `${'{ a '.repeat(2600)}${'}'.repeat(2600)}`],
    ['lists', `{ a(b: ${'['.repeat(3900)}${']'.repeat(3900)}) }`],
    ['inline fragments', `{ ${'... { '.repeat(2000)} name ${'} '.repeat(2000)} }`],
  ])('of %s within each other ends in an answer, not in the end of the stack', (_what, source) => {
    let outcome: unknown;
    try {
      outcome = parseDocument(source).kind;
    } catch (error) {
      outcome = (error as { details?: { rule?: string } }).details?.rule;
    }
    expect(['documentTooDeep', 'documentTooLong', Kind.DOCUMENT]).toContain(outcome);
  });

  it('of fragments that spread each other without end is left to validation', () => {
    expect(parseDocument('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }').kind).toBe(
      Kind.DOCUMENT,
    );
  });
});

describe('the cost of an operation', () => {
  const page = `
    query ($first: Int = 50) {
      instances(first: $first) {
        totalCount
        pageInfo { endCursor hasNextPage }
        nodes {
          id name state labels { key value } endpoint { connectionString } sourceImage { id name }
          images(first: 20) { nodes { id name state sizeBytes } }
          operations(first: 20) { nodes { id kind state percent steps { name state progress { percent } } jobs { id state } } }
        }
      }
    }`;

  it('allows a page of 50 instances with images, operations, steps and jobs', () => {
    expect(check(page).operation).toBe('query');
  });

  it('counts with the length that a variable asks for, or its default', () => {
    const deep = (first: string) =>
      `query ($first: Int${first}) { instances(first: 100) { nodes { images(first: 100) { nodes { operations(first: $first) { nodes { id } } } } } } }`;
    expect(() => check(deep(' = 100'))).toThrow(beyond('tooCostly', /more than 500000 fields/));
    expect(() => check(deep(''), { first: 100 })).toThrow(beyond('tooCostly', /more than 500000 fields/));
    expect(check(deep(''), { first: 5 }).operation).toBe('query');
  });

  it('counts the lines of logs', () => {
    const logs = (lines: number | null) =>
      `{ operations(first: 100) { nodes { jobs { logs(tailLines: ${lines}) { text } } } } }`;
    expect(check(logs(100)).operation).toBe('query');
    expect(() => check(logs(10_000))).toThrow(beyond('tooCostly', /fields/));
    expect(() => check(logs(null))).toThrow(beyond('tooCostly', /fields/));
  });

  it('counts what is read for a field that says little of it', () => {
    const days = (pages: number) =>
      `{ ${Array.from({ length: pages }, (_, n) => `a${n}: instances(first: 100) { nodes { healthDay { checks } } }`).join(' ')} }`;
    expect(check(days(2)).operation).toBe('query');
    expect(() => check(days(3))).toThrow(beyond('tooCostly', /fields/));
  });

  it('stops counting fragments that multiply each other', () => {
    const fragments = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    expect(() => check(`{ ...F0 } ${fragments.join(' ')} fragment F30 on Query { viewer { name } }`)).toThrow(
      beyond('tooCostly', /fields/),
    );
  });

  it('leaves a length out of range to the field that refuses it', () => {
    expect(check('{ instances(first: 2000000) { nodes { id } } }').operation).toBe('query');
  });
});

describe('a variable that does not fit', () => {
  const create = 'mutation ($input: CreateInstanceInput!) { createInstance(input: $input) { notices } }';
  const refused = (field: string, rule: string) =>
    expect.objectContaining({ code: 'INVALID_INPUT', details: { field, rule } });

  it.each([
    ['is missing', {}, 'input', 'required'],
    ['is null', { input: null }, 'input', 'required'],
    ['lacks a field', { input: {} }, 'name', 'required'],
    ['has null for a field', { input: { name: null } }, 'name', 'required'],
    ['has a field that is unknown', { input: { name: 'a', colour: 'red' } }, 'colour', 'known'],
    ['has a field of another type', { input: { name: 7 } }, 'name', 'type'],
    ['has a number that is none', { input: { name: 'a', storageGib: 1.5 } }, 'storageGib', 'type'],
    ['has a value that no enum has', { input: { name: 'a', exposure: 'EVERYWHERE' } }, 'exposure', 'type'],
    ['has a bad entry in a list', { input: { name: 'a', labels: [{ key: 'a', value: 1 }] } }, 'value', 'type'],
  ])('that %s is INVALID_INPUT of its field and rule', (_what, variables, field, rule) => {
    expect(() => check(create, variables)).toThrow(refused(field, rule));
  });

  it.each([
    ['a password in the wrong form', { name: 'a', password: { plain: 'hunter2-hunter2' } }],
    ['a password in an enum', { name: 'a', exposure: 'hunter2-hunter2' }],
    ['a password in a number', { name: 'a', storageGib: 'hunter2-hunter2' }],
    ['a megabyte', { name: 'a', storageGib: 'hunter2-hunter2'.repeat(70_000) }],
    ['a list in place of a text', { name: ['hunter2-hunter2', 'x'] }],
  ])('that holds %s is not repeated', (_what, input) => {
    let message = '';
    try {
      check(create, { input });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^input\./);
    expect(message).not.toContain('hunter2');
    expect(message.length).toBeLessThan(300);
  });
});

describe('a value written into a document', () => {
  const refusal = (document: string): unknown => {
    try {
      checkLiterals(readSchema(), parse(document));
      return null;
    } catch (error) {
      return error;
    }
  };
  const create = (input: string) => `mutation { createInstance(input: ${input}) { notices } }`;

  it.each([
    ['is of another type', '{ instances(first: "ten") { totalCount } }', 'first', 'type'],
    ['is no whole number', '{ instances(first: 1.5) { totalCount } }', 'first', 'type'],
    ['is null where one is needed', '{ operation(id: null) { id } }', 'id', 'required'],
    ['lacks a field', create('{}'), 'name', 'required'],
    ['has a field that is unknown', create('{ name: "a", colour: "red" }'), 'colour', 'known'],
    ['has a field of another type', create('{ name: 7 }'), 'name', 'type'],
    ['has a value that no enum has', create('{ name: "a", exposure: EVERYWHERE }'), 'exposure', 'type'],
    ['has a text for an enum', create('{ name: "a", exposure: "PUBLIC" }'), 'exposure', 'type'],
    ['has a bad entry in a list', create('{ name: "a", labels: [{ key: "a", value: 1 }] }'), 'value', 'type'],
    ['is bad beside fields that are unknown', '{ nothing instances(first: "x") { nothing } }', 'first', 'type'],
  ])('that %s is INVALID_INPUT of its field and rule', (_what, document, field, rule) => {
    expect(refusal(document)).toMatchObject({ code: 'INVALID_INPUT', details: { field, rule } });
  });

  it.each([
    create('{ name: "a", password: { plain: "hunter2-hunter2" } }'),
    create('{ name: "a", exposure: "hunter2-hunter2" }'),
    create('{ name: "a", storageGib: "hunter2-hunter2" }'),
    create(`{ name: "a", storageGib: "${'hunter2-hunter2'.repeat(10_000)}" }`),
  ])('is not repeated when it does not fit', (document) => {
    const { message } = refusal(document) as Error;
    expect(message).toMatch(/^input\./);
    expect(message).not.toContain('hunter2');
    expect(message.length).toBeLessThan(300);
  });

  it('that fits, or is a variable, or stands in no place that is known, is let through', () => {
    const document = `query ($n: Int) { instances(first: $n, filter: { labels: [{ key: "a", value: "b" }] }) { id }
      nothing(first: "x") { id } operations(nothing: { a: 1 }) { id } }`;
    expect(refusal(document)).toBeNull();
  });
});

describe('the subscriptions of one identity', () => {
  const ann = { kind: 'USER', id: null, name: 'ann', role: 'VIEWER' } as const;
  const ben = { kind: 'USER', id: null, name: 'ben', role: 'VIEWER' } as const;

  it('may be so many and no more, whatever others have, and end once each', () => {
    const slots = createSubscriptionSlots(2);
    const leave = slots.take(ann);
    slots.take(ann);
    expect(() => slots.take(ann)).toThrow(beyond('tooManySubscriptions', /have 2 subscriptions, and 2 are allowed/));
    slots.take(ben);
    leave();
    leave();
    slots.take(ann);
    expect(() => slots.take(ann)).toThrow(beyond('tooManySubscriptions', /2 are allowed/));
  });
});
