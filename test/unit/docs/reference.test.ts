import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSchema, coerceInputValue, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildExample } from '../../../docs/.vitepress/example.ts';
import { printReference } from '../../../docs/.vitepress/print-reference.ts';
import { ROOT } from '../../support/source-files.ts';

const schema = buildSchema(await readFile(path.join(ROOT, 'schema/schema.graphql'), 'utf8'));
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

describe('the reference', () => {
  test.each(mutations.map((field) => [field.name, field] as const))(
    'shows how %s is called, and it can be',
    (_name, field) => {
      const { document, variables } = buildExample(field);
      expect(validate(schema, parse(document))).toEqual([]);
      for (const argument of field.args) {
        const wrong: string[] = [];
        coerceInputValue(variables[argument.name], argument.type, (at, _value, error) =>
          wrong.push(`${at.join('.')}: ${error.message}`),
        );
        expect(wrong).toEqual([]);
      }
    },
  );

  test('has every root field and every type once', () => {
    const pages = printReference(schema);
    const heads = (page: string) => [...(pages[page] ?? '').matchAll(/^## (\w+)$/gm)].map(([, name]) => name ?? '');
    for (const [page, root] of [
      ['queries.md', schema.getQueryType()],
      ['mutations.md', schema.getMutationType()],
      ['subscriptions.md', schema.getSubscriptionType()],
    ] as const) {
      expect(heads(page).sort()).toEqual(Object.keys(root?.getFields() ?? {}).sort());
    }
    const roots = ['Query', 'Mutation', 'Subscription'];
    const own = Object.keys(schema.getTypeMap()).filter(
      (name) => !name.startsWith('__') && !roots.includes(name) && !/^(ID|String|Int|Float|Boolean)$/.test(name),
    );
    expect(heads('types.md').sort()).toEqual(own.sort());
  });
});
