import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { readSchema } from './schema.ts';

/** Where the printed schema is kept. */
export const PRINTED_SCHEMA = new URL('../../schema/schema.graphql', import.meta.url);

const HEAD = '# Printed from the code by `npm run generate:schema`. Do not edit.\n\n';

/** The schema as text in an order that does not depend on the order of imports. */
export function printApiSchema(): string {
  return `${HEAD}${printSchema(lexicographicSortSchema(readSchema()))}\n`;
}

/** Prints the schema, and what has changed in it since the last release. */
async function generate(): Promise<void> {
  const [{ compareSchemas }, { printUnreleased }, { CHANGES_PAGE, RELEASED_SCHEMA, readRelease }] = await Promise.all([
    import('./schema-changes/compare-schemas.ts'),
    import('./schema-changes/change-log.ts'),
    import('./schema-changes/released-schema.ts'),
  ]);
  const printed = printApiSchema();
  const released = await readFile(RELEASED_SCHEMA, 'utf8');
  const { all } = await compareSchemas(released, printed);
  await change(PRINTED_SCHEMA, () => printed);
  await change(CHANGES_PAGE, (page) => printUnreleased(page, readRelease(released), all));
}

/** Leaves a file as it is that says so already: the programs are bundled anew where one is younger than their bundle. */
async function change(file: URL, rewrite: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  const after = rewrite(before);
  if (after !== before) await writeFile(file, after);
}

if (import.meta.main) await generate();
