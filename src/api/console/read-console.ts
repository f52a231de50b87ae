import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A file of the console as it is answered. */
export interface ConsoleFile {
  readonly type: string;
  readonly body: Buffer;
}

/** The console as it was built. */
export interface ConsoleFiles {
  /** The page, up to the place of its base, and from there on. */
  readonly page: { readonly before: string; readonly after: string };
  /** Further files by their paths below the base; each name holds the digest of its content. */
  readonly assets: ReadonlyMap<string, ConsoleFile>;
}

const BASE = '<base href="./" />';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Where a bundle has it, beside itself, and where `npm run build` puts it for a server that runs from its sources. Read as
 * a whole when a server starts: what is built later is of other sources.
 */
const PLACES = [path.join(import.meta.dirname, 'console'), path.join(import.meta.dirname, '../../../dist/console')];

/** The console, or null where none was built. */
export async function readConsole(places: readonly string[] = PLACES): Promise<ConsoleFiles | null> {
  for (const place of places) {
    const html = await readFile(path.join(place, 'index.html'), 'utf8').catch(() => null);
    if (html === null) continue;
    const [before, after, ...more] = html.split(BASE);
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`${place} has no place for a base`);
    const names = (await readdir(path.join(place, 'assets'))).filter((name) => path.extname(name) in TYPES);
    const assets = await Promise.all(
      names.map(async (name) => {
        const body = await readFile(path.join(place, 'assets', name));
        return [`assets/${name}`, { type: TYPES[path.extname(name)] ?? '', body }] as const;
      }),
    );
    return { page: { before, after }, assets: new Map(assets) };
  }
  return null;
}
