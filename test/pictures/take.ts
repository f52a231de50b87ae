import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openConsole } from '../support/console-visit.ts';
import { ROOT } from '../support/source-files.ts';

interface Picture {
  /** Of the file in docs/images, behind `console-`. */
  readonly name: string;
  readonly place: (ids: Readonly<Record<string, string>>) => string;
  /** Of the window; where it has a height, no more of the page than it shows. */
  readonly width?: number;
  readonly height?: number;
  /** What comes last of the page. */
  readonly shows: string;
  readonly dark?: boolean;
  /** What is done on the page before. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const PICTURES: readonly Picture[] = [
  { name: 'overview', place: () => '', shows: 'What hurts' },
  { name: 'overview-dark', place: () => '', shows: 'What hurts', dark: true },
  { name: 'instance', place: ({ shop }) => `instances/${shop}`, shows: 'checks were healthy' },
  {
    name: 'restore',
    place: (ids) => `images/${ids['shop-tonight']}/restore`,
    shows: 'The last restore like this',
    prepare: (page) => page.getByLabel('Name of the new instance').fill('shop-before-the-sale'),
  },
  { name: 'operation', place: ({ restore }) => `operations/${restore}`, shows: 'Restoring 3 databases' },
  {
    name: 'operation-dark',
    place: ({ restore }) => `operations/${restore}`,
    shows: 'Restoring 3 databases',
    dark: true,
  },
  { name: 'schedule', place: (ids) => `schedules/${ids['every-night']}`, shows: 'What becomes of it', height: 1010 },
  { name: 'telephone', place: () => '', shows: 'What hurts', width: 360, height: 780 },
];

/** Takes the pictures of docs/images; answers with the files that it has written. */
export async function takePictures(
  browser: Browser,
  root: string,
  password: string,
  ids: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const { name, place, width = 1280, height, shows, dark = false, prepare } of PICTURES) {
    const one = await openConsole(browser, root, { width, dark });
    const { page } = one;
    await page.setViewportSize({ width, height: height ?? 900 });
    await one.open(place(ids));
    await one.signIn('admin', password);
    await page.getByText(shows).first().waitFor({ state: 'attached' });
    await page.waitForFunction(() => document.querySelector('.waiting') === null);
    await prepare?.(page);
    await page.mouse.move(0, 0);
    const file = path.join(ROOT, 'docs/images', `console-${name}.png`);
    await page.screenshot({ path: file, fullPage: height === undefined });
    files.push(path.relative(ROOT, file));
    await one.close();
  }
  return files;
}
