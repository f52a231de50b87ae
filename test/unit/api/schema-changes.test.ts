import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { printApiSchema } from '../../../src/api/generate-schema.ts';
import { printReleased, printUnreleased } from '../../../src/api/schema-changes/change-log.ts';
import { compareSchemas } from '../../../src/api/schema-changes/compare-schemas.ts';
import { CHANGES_PAGE, RELEASED_SCHEMA, readRelease } from '../../../src/api/schema-changes/released-schema.ts';

const RELEASED = `
  type Query { old: Int @deprecated(reason: "use kept") kept(some: Int, gone: Int @deprecated(reason: "no use")): Mood }
  enum Mood { GOOD BAD @deprecated(reason: "never sent") }
  input Wish { kept: Int old: Int @deprecated(reason: "no use") }
`;

describe('a change of the schema', () => {
  it('may take away what the last release had marked, and add what nobody has to give', async () => {
    const { breaks, all } = await compareSchemas(
      RELEASED,
      `type Query { kept(some: Int, more: Int): Mood, new: Int } enum Mood { GOOD NEW } input Wish { kept: Int, more: Int }`,
    );
    expect(breaks).toEqual([]);
    expect(all).toContain('`Query.old`: Field `old` (deprecated) was removed from object type `Query`');
    expect(all.length).toBeGreaterThan(7);
  });

  it.each([
    ['a field is gone', RELEASED.replace('kept(', 'other('), 'Query.kept'],
    ['an argument is gone', RELEASED.replace('some: Int, ', ''), 'Query.kept.some'],
    ['an argument has to be given', RELEASED.replace('some: Int', 'some: Int!'), 'Query.kept.some'],
    ['a value is gone', RELEASED.replace('GOOD', 'FINE'), 'Mood.GOOD'],
    ['an input has to have more', RELEASED.replace('Wish {', 'Wish { must: Int!'), 'Wish.must'],
    ['a type is another', RELEASED.replace('): Mood', '): Int'), 'Query.kept'],
  ])('breaks a client when %s', async (_what, after, path) => {
    const { breaks } = await compareSchemas(RELEASED, after);
    expect(breaks.join('\n')).toContain(`\`${path}\``);
  });

  it('does not matter to clients when only a word of a description is another', async () => {
    expect(await compareSchemas('"one" type Query { a: Int }', '"other" type Query { a: Int }')).toEqual({
      breaks: [],
      all: [],
    });
  });
});

describe('the page of changes', () => {
  const page = `head\n<!-- what follows is printed by \`npm run generate:schema\` -->\n<!-- as far as here -->\n\n## 1\n\nThe first.\n`;

  it('says what is not released yet, and the same again', () => {
    const once = printUnreleased(page, '1', ['`A.b`: came']);
    expect(once).toContain('## Since 1\n\n- `A.b`: came\n');
    expect(printUnreleased(once, '1', ['`A.b`: came'])).toBe(once);
  });

  it('keeps it under the name of the release, above those before', () => {
    const released = printReleased(printUnreleased(page, '1', ['`A.b`: came']), '2', ['`A.b`: came']);
    expect(released).toMatch(/## Since 2\n\nNothing\.[\s\S]*## 2\n\n- `A\.b`: came\n\n## 1\n\nThe first\.\n$/);
  });

  it('is kept as the schema has it, which breaks no client of the last release', async () => {
    const released = await readFile(RELEASED_SCHEMA, 'utf8');
    const { breaks, all } = await compareSchemas(released, printApiSchema());
    expect(breaks).toEqual([]);
    const kept = await readFile(CHANGES_PAGE, 'utf8');
    expect(kept).toBe(printUnreleased(kept, readRelease(released), all));
  });
});
