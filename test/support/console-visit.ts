import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { ROOT } from './source-files.ts';

const AXE = readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** A directory into which pictures of pages go, where somebody wants to look at them. */
const PICTURES = process.env.CONSOLE_PICTURES;

/** Words that are cut off are meant to be where they end with dots or their box scrolls. */
const STANDING_OUT = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  for (const element of document.querySelectorAll('button, a, h1, h2, td, th, dd, dt, label, p, input, select')) {
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0 || getComputedStyle(element).visibility === 'hidden') continue;
    let scrolls = false;
    for (let around = element; around !== null; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (/auto|scroll|hidden|clip/.test(style.overflowX) || style.clipPath !== 'none') scrolls = true;
    }
    if (!scrolls && (right > innerWidth + 1 || left < -1)) found.push(element.outerHTML.slice(0, 120) + ' stands out');
  }
  for (const element of document.querySelectorAll('.panel *')) {
    const { right, width } = element.getBoundingClientRect();
    const { right: edge } = element.closest('.panel').getBoundingClientRect();
    const isWithin = element.closest('.log-box, pre, svg, .lane, .timeline-lane, .visually-hidden, .reason, thead') !== null;
    if (!isWithin && width > 0 && right > edge + 1) found.push(element.outerHTML.slice(0, 120) + ' stands out of its panel');
  }
  // A part of a page that has to be looked for by scrolling is not found.
  for (const tab of document.querySelectorAll('.tab')) {
    const { left, right } = tab.getBoundingClientRect();
    const bar = tab.parentElement.getBoundingClientRect();
    if (left < bar.left - 1 || right > bar.right + 1) found.push(tab.innerText + ' is no tab that is seen');
  }
  for (const label of document.querySelectorAll('.ruler span, .tick')) {
    const { right } = label.getBoundingClientRect();
    const next = label.nextElementSibling?.getBoundingClientRect();
    if (next !== undefined && next.width > 0 && right > next.left) found.push(label.innerText + ' lies upon the next label');
  }
  for (const element of document.querySelectorAll('body *')) {
    const { overflowX, overflowY, textOverflow, clipPath } = getComputedStyle(element);
    const hides = /hidden|clip/;
    if (clipPath !== 'none' || element.clientWidth <= 1 || !element.innerText?.trim()) continue;
    const isWide = hides.test(overflowX) && textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1;
    const isHigh = hides.test(overflowY) && textOverflow !== 'ellipsis' && element.scrollHeight > element.clientHeight + 1;
    if (isWide || isHigh) found.push(element.outerHTML.slice(0, 120) + ' is cut off');
  }
  return found.slice(0, 5);
})()`;

/** What beside a text that is read from right to left is itself not read from left to right any more. */
const TURNED_ROUND = `(() => {
  const found = [];
  const TURNS = /[\\u0590-\\u08ff\\u202a-\\u202e\\u2066-\\u2069]/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    let around = node.parentElement;
    while (/^inline$|contents/.test(getComputedStyle(around).display) && around.parentElement !== null) around = around.parentElement;
    if (!TURNS.test(around.textContent)) continue;
    // What is set apart within a sentence may turn round, its sentence not.
    const own = node.data.replace(/\\u2068[^\\u2069]*\\u2069/g, (apart) => '\\u2068'.repeat(apart.length));
    if (TURNS.test(own.replaceAll('\\u2068', ''))) continue;
    const range = document.createRange();
    let before = null;
    for (let at = 0; at < own.length; at++) {
      if (own[at] === '\\u2068' || own[at].trim() === '') continue;
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { left, top, width } = range.getBoundingClientRect();
      if (width === 0) continue;
      if (before !== null && Math.abs(before.top - top) < 2 && left < before.left) found.push(node.data + ' is turned round');
      before = { left, top };
    }
  }
  return [...new Set(found)].slice(0, 5);
})()`;

/** How somebody sees a page. */
export interface Look {
  /** Of the window. Default: 1280. */
  readonly width?: number;
  readonly dark?: boolean;
  /** How large they have set text in their browser; 16 is what browsers come with. */
  readonly fontPx?: number;
}

/** How large text is that no style sets. */
const USERS_SIZE = `(() => {
  const probe = document.body.appendChild(document.createElement('div'));
  probe.style.fontSize = 'medium';
  const { fontSize } = getComputedStyle(probe);
  probe.remove();
  return fontSize;
})()`;

/** What changes when a page is drawn anew; the next frames are awaited. */
const AS_DRAWN = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  const { fontSize, backgroundColor } = getComputedStyle(document.body);
  resolve([innerWidth, scrollWidth, scrollHeight, document.querySelectorAll('*').length, fontSize, backgroundColor].join(' '));
})))`;

/** A browser of one person, and what it should not have met: errors of the page, requests elsewhere, breaches of the policy. */
export interface ConsoleBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly faults: readonly string[];
  /** Goes to a page of the console. */
  open(place: string): Promise<void>;
  /** The same, and waits until all of it is there. */
  openWhole(place: string): Promise<void>;
  signIn(username: string, password: string): Promise<void>;
  /** What axe finds wrong on the page as it stands; nothing is what it should be. */
  audit(): Promise<readonly string[]>;
  /** Shows the page as it stands in another window, theme and size of text; resolves when it is drawn so. */
  lookAs(look: Look): Promise<void>;
  /** What of the page is wider than the window, shown over the edge of what it stands in, or cut off without a sign of it. */
  standingOut(): Promise<readonly string[]>;
  /** What is read from right to left and should not be, since a text beside it is. */
  turnedRound(): Promise<readonly string[]>;
  /** A picture of the whole page, where CONSOLE_PICTURES names a directory for them. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Waits until the code of every page is there, which nobody has opened yet. */
export async function untilFetchedAhead(page: Page): Promise<void> {
  const loaded = `performance.getEntriesByType('resource').filter(({ responseEnd }) => responseEnd > 0).map(({ name }) => name)`;
  const pages = ['overview', 'instances', 'image', 'restore', 'operation', 'schedule', 'alerts', 'tokens', 'audit'];
  await eventually(
    () => page.evaluate<string[]>(loaded),
    (names) => pages.every((name) => names.some((url) => url.includes(`/${name}-page-`))),
  );
}

/** Opens one that speaks to a server; `root` ends in `/`. */
export async function openConsole(
  browser: Browser,
  root: string,
  { width = 1280, dark = false }: Look = {},
): Promise<ConsoleBrowser> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(180_000);
  const faults: string[] = [];
  let fonts: CDPSession | null = null;
  const { origin } = new URL(root);
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin) faults.push(`asked ${url}`);
  });
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/Content.Security.Policy|Trusted/i.test(message.text())) faults.push(message.text());
  });
  return {
    context,
    page,
    faults,
    async open(place) {
      await page.goto(`${root}${place}`);
    },
    async openWhole(place) {
      await page.goto(`${root}${place}`);
      await page.locator('h1:not(.visually-hidden)').first().waitFor();
      await eventually(
        () => page.locator('.waiting').count(),
        (count) => count === 0,
      );
    },
    async signIn(username, password) {
      await page.getByLabel('Name', { exact: true }).fill(username);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('navigation', { name: 'Places' }).waitFor();
    },
    async audit() {
      // By the protocol of the browser, which no policy of a page concerns.
      const session = await context.newCDPSession(page);
      const { result: known } = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
      if (known.value !== 'object') await session.send('Runtime.evaluate', { expression: AXE });
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        // Nothing of the console plays, which is what it would load ahead for.
        expression: `axe.run(document, { preload: false, resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(
          violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | '))))`,
        awaitPromise: true,
        returnByValue: true,
      });
      await session.detach();
      expect(exceptionDetails).toBeUndefined();
      return JSON.parse(String(result.value)) as string[];
    },
    async lookAs({ width = 1280, dark = false, fontPx = 16 }) {
      fonts ??= await context.newCDPSession(page);
      await fonts.send('Page.enable');
      await fonts.send('Page.setFontSizes', {
        fontSizes: { standard: fontPx, fixed: Math.round(fontPx * 0.8125) },
      });
      await eventually(
        () => page.evaluate<string>(USERS_SIZE),
        (size) => size === `${fontPx}px`,
      );
      // A page is told of other text only with another window.
      await page.setViewportSize({ width: width + 1, height: 900 });
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
      let before = '';
      await eventually(
        () => page.evaluate<string>(AS_DRAWN),
        (drawn) => {
          const isStill = drawn === before;
          before = drawn;
          return isStill;
        },
      );
    },
    standingOut: () => page.evaluate(STANDING_OUT) as Promise<string[]>,
    turnedRound: () => page.evaluate(TURNED_ROUND) as Promise<string[]>,
    async picture(name) {
      if (PICTURES === undefined) return;
      await mkdir(PICTURES, { recursive: true });
      const file = `${name.replace(/[^\w.-]+/g, '_')}.png`;
      await page.screenshot({ path: path.join(PICTURES, file), fullPage: true });
    },
    close: () => context.close(),
  };
}
