import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A directory into which pictures of pages go, where somebody wants to look at them. */
const PICTURES = process.env.CONSOLE_PICTURES ?? null;
const WIDTHS = [360, 768, 1280] as const;

/** Signs a browser in at the console, and shows the page that was asked for. */
export async function signInAt(page: Page, url: string, username: string, password: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
}

/** What no page of a browser context may do: ask another origin, or say an error. */
export function watchPages(context: BrowserContext, origin: string): () => readonly string[] {
  const wrong: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:/.test(url.protocol) && url.origin !== origin) wrong.push(`asked ${request.url()}`);
  });
  context.on('weberror', (error) => wrong.push(error.error().message));
  return () => wrong;
}

/** Requires that axe finds nothing on a page as it is now, in both themes; takes pictures of it where they are wanted. */
export async function checkPage(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({ preload: false, resultTypes: ['violations'] }),
    );
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(found, `${name}, ${theme}`).toEqual([]);
    if (PICTURES !== null) await picture(page, `${name}-${theme}`);
  }
}

async function picture(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES ?? '', { recursive: true });
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: path.join(PICTURES ?? '', `${name}-${width}.png`), fullPage: true });
  }
  if (before !== null) await page.setViewportSize(before);
}

/** Requires that nothing of a page stands out of a narrow screen. */
export async function checkNarrow(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 800 });
  // What is drawn otherwise in a narrow window is drawn a moment after that has become narrow.
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  if (before !== null) await page.setViewportSize(before);
}
