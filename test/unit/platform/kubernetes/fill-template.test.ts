import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fillTemplate } from '../../../../src/platform/kubernetes/fill-template.ts';

/** Texts as users and attackers write them, and what YAML, shells and this builder give a meaning to. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '{{password}}',
    "'; spec: {hostNetwork: true} #",
    '"\n  privileged: true\n',
    '*anchor',
    '&anchor x',
    '!!js/function "x"',
    '---\nkind: Pod',
    '$HOME $(id) `id` $$ $&',
    '<<: {a: 1}',
    '~',
    'true',
    '0o17',
    '__proto__',
  ),
);

const TEMPLATE = `
kind: Secret
metadata: { name: '{{name}}-secret', labels: '{{labels}}' }
data:
  password: '{{password}}'
  text: 'before {{password}} {{name}} after'
list: ['{{password}}', fixed]
optional: '{{optional}}'
`;

describe('filling a template', () => {
  test('puts any text where its placeholder stands, and changes nothing else', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, password, label) => {
        const labels = Object.fromEntries([['plain', label]]);
        expect(fillTemplate(TEMPLATE, { name, password, labels, optional: null })).toEqual({
          kind: 'Secret',
          metadata: { name: `${name}-secret`, labels },
          data: { password, text: `before ${password} ${name} after` },
          list: [password, 'fixed'],
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test('a placeholder that is all of its string takes values of any kind', () => {
    const values = { a: 3, b: true, c: ['x', 1], d: { e: 'f' } };
    const template = `{a: '{{a}}', b: '{{b}}', c: '{{c}}', d: '{{d}}', size: '{{a}}Gi'}`;
    expect(fillTemplate(template, values)).toEqual({ ...values, size: '3Gi' });
  });

  test('keys are never filled', () => {
    expect(fillTemplate(`{'{{name}}': 1}`, { name: 'x' })).toEqual(parse(`{'{{name}}': 1}`));
  });

  test('a placeholder that nobody gave a value is a fault, also one that every object has', () => {
    expect(() => fillTemplate(`{a: '{{missing}}'}`, {})).toThrow(/missing/);
    expect(() => fillTemplate(`{a: '{{constructor}}'}`, {})).toThrow(/constructor/);
    expect(() => fillTemplate(`{a: 'x{{list}}'}`, { list: [] })).toThrow(/list/);
  });
});
