import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RequestHandler } from 'express';
import { type IdePage, renderIde } from './render-ide.ts';

const API_TYPES = ['application/json', 'application/graphql-response+json'];

/**
 * Answers browsers (and nobody else) with the IDE. The page holds no data and no token, so it needs no login.
 *
 * It is built when first asked for: its code has 2 MB, which a server that nobody looks at should not carry.
 */
export function serveIde(): RequestHandler {
  let page: Promise<IdePage & { readonly gzipped: Buffer; readonly tag: string }> | undefined;
  return async (request, response, next) => {
    const wantsPage = request.headers.accept?.includes('text/html') && request.accepts(...API_TYPES, 'html') === 'html';
    if (!wantsPage) return next();
    page ??= renderAndCompress().catch((error: unknown) => {
      page = undefined;
      throw error;
    });
    const { html, gzipped, policy, tag } = await page;
    response.set({ 'Content-Security-Policy': policy, 'Content-Type': 'text/html; charset=utf-8' });
    // It is asked for again each time, and answered with 304 where it is the same.
    response.set({ 'Cache-Control': 'no-cache', ETag: tag, Vary: 'Accept, Accept-Encoding' });
    if (request.fresh) return void response.status(304).end();
    if (request.acceptsEncodings('gzip')) response.set('Content-Encoding', 'gzip').send(gzipped);
    else response.send(html);
  };
}

async function renderAndCompress(): Promise<IdePage & { readonly gzipped: Buffer; readonly tag: string }> {
  const page = await renderIde();
  const tag = `W/"${createHash('sha256').update(page.html).digest('base64url')}"`;
  return { ...page, gzipped: await promisify(gzip)(page.html), tag };
}
