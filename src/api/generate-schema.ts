import { writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { readSchema } from './schema.ts';

/** Where the printed schema is kept. */
export const PRINTED_SCHEMA = new URL('../../schema/schema.graphql', import.meta.url);

const HEAD = '# Printed from the code by `npm run generate:schema`. Do not edit.\n\n';

/** The schema as text in an order that does not depend on the order of imports. */
export function printApiSchema(): string {
  return `${HEAD}${printSchema(lexicographicSortSchema(readSchema()))}\n`;
}

if (import.meta.main) await writeFile(PRINTED_SCHEMA, printApiSchema());
