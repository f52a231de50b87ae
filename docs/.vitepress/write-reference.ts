import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { buildSchema } from 'graphql';
import { printReference } from './print-reference.ts';

// Before the site is built: the reference is made of the schema, and is not kept.
const schema = buildSchema(await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const directory = new URL('../reference/', import.meta.url);
await mkdir(directory, { recursive: true });
for (const [name, text] of Object.entries(printReference(schema))) await writeFile(new URL(name, directory), text);
