import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type RequestHandler, Router } from 'express';
import { type ConsoleFile, type ConsoleFiles, readConsole } from './read-console.ts';

/** The console loads what lies on this server, talks with this server, and runs nothing that was not built into it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const YEAR_SECONDS = 365 * 24 * 3600;
const NOT_BUILT = `The console is not built: this server runs from its sources. Run "npm run build" and start the server again,
or start it with "npm start". The API is at /graphql, with an IDE in the browser.
`;
/** What other parts of the server answer, browsers too. */
const TAKEN = /^\/(graphql|health|ready|metrics|schema\.graphql|auth)(\/|$)/;

/**
 * Answers browsers with the console, whichever of its pages they ask for: the page itself knows. Programs, which do not
 * ask for HTML, hear that there is nothing. The page holds no data, so it needs no login.
 */
export function serveConsole(read: () => Promise<ConsoleFiles | null> = readConsole): RequestHandler {
  let files: Promise<ConsoleFiles | null> | undefined;
  const load = () => {
    files ??= read().catch((error: unknown) => {
      files = undefined;
      throw error;
    });
    return files;
  };
  const compressed = new WeakMap<ConsoleFile, Promise<Buffer>>();
  const compress = (file: ConsoleFile) => {
    const known = compressed.get(file) ?? promisify(gzip)(file.body, { level: 9 });
    compressed.set(file, known);
    return known;
  };

  const router = Router({ strict: true });
  router.get('/assets/:name', async (request, response, next) => {
    const file = (await load())?.assets.get(`assets/${request.params.name}`);
    if (file === undefined) return next();
    response.set({
      'Content-Type': file.type,
      'Cache-Control': `public, max-age=${YEAR_SECONDS}, immutable`,
      Vary: 'Accept-Encoding',
    });
    if (request.acceptsEncodings('gzip')) response.set('Content-Encoding', 'gzip').send(await compress(file));
    else response.send(file.body);
  });
  router.get('/{*page}', async (request, response, next) => {
    if (TAKEN.test(request.path) || !request.headers.accept?.includes('text/html')) return next();
    const asked = request.originalUrl.split('?')[0] ?? '';
    if (request.path === '/' && !asked.endsWith('/')) {
      // A prefix alone: what lies below it is below a slash.
      response.redirect(308, `./${asked.split('/').at(-1)}/`);
      return;
    }
    const built = await load();
    if (built === null) {
      response.status(503).type('text/plain').send(NOT_BUILT);
      return;
    }
    // Right below any prefix that a proxy takes away: relative to the place that was asked for.
    const depth = request.path.split('/').length - 2;
    const base = `<base href="${'../'.repeat(depth) || './'}" />`;
    response.set({
      'Content-Security-Policy': POLICY,
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
    response.send(`${built.page.before}${base}${built.page.after}`);
  });
  return router;
}
