import { readFile, writeFile } from 'node:fs/promises';
import { printApiSchema } from '../generate-schema.ts';
import { printReleased } from './change-log.ts';
import { compareSchemas } from './compare-schemas.ts';
import { CHANGES_PAGE, printReleasedSchema, RELEASED_SCHEMA, readRelease } from './released-schema.ts';

// Run when a release is made, once its version stands in package.json.
const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
const { version } = JSON.parse(manifest) as { readonly version: string };
const before = await readFile(RELEASED_SCHEMA, 'utf8');
const printed = printApiSchema();
const { breaks, all } = await compareSchemas(before, printed);
if (breaks.length > 0) throw new Error(`clients of ${readRelease(before)} would break: see npm run check:schema`);
if (version === readRelease(before)) throw new Error(`${version} is released already: raise the version first`);
await writeFile(CHANGES_PAGE, printReleased(await readFile(CHANGES_PAGE, 'utf8'), version, all));
await writeFile(RELEASED_SCHEMA, printReleasedSchema(version, printed));
