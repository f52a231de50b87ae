import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { ConsoleBrowser } from './console-visit.ts';
import type { E2eHome, E2eServer } from './e2e-server.ts';
import { eventually } from './eventually.ts';
import { ROOT } from './source-files.ts';

export type Way = 'GraphQL' | 'toygres' | 'curl';
export type Copied = Partial<Record<Way, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a console shows as code: copies it, and does with it what people do. */
export interface CodeReader {
  /** Goes to a page and waits until nothing of it is waited for. */
  settle(place: string): Promise<void>;
  /** Opens the last "As code" within a part of a page and copies all ways that it offers. */
  copyFrom(within: Locator): Promise<Copied>;
  /** Opens one "As code" and copies all ways that it offers. */
  copy(code: Locator): Promise<Copied>;
  /** The same of the one that has this name. */
  copyNamed(name: string): Promise<Copied>;
  /** Opens an action from the menu of a page, and copies what its dialog shows. */
  fromMenu(place: string, name: string, action: string): Promise<Copied>;
  /** Runs it as somebody would who pastes it into a shell. */
  paste(text: string): Promise<Ran>;
  /** The same, for what must be done; answers with what it said. */
  done(text: string | undefined): Promise<string>;
}

export async function createCodeReader(
  home: E2eHome,
  server: E2eServer,
  root: string,
  one: ConsoleBrowser,
): Promise<CodeReader> {
  const { page } = one;
  await symlink(path.join(ROOT, 'src/toygres.sh'), path.join(home.directory, 'toygres'));

  async function settle(place: string): Promise<void> {
    await one.open(place);
    await page.locator('h1:not(.visually-hidden)').waitFor();
    await eventually(
      () => page.locator('.waiting').count(),
      (count) => count === 0,
    );
  }

  const paste = (text: string) =>
    new Promise<Ran>((resolve) => {
      const env = {
        PATH: `${home.directory}:${process.env.PATH}`,
        HOME: home.directory,
        TOYGRES_URL: root,
        TOYGRES_TOKEN: server.token,
      };
      execFile('sh', ['-c', `exec ${text}`], { env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr });
      });
    });

  async function copy(code: Locator): Promise<Copied> {
    await code.getByRole('button', { name: /as code/i }).click();
    const copied: Copied = {};
    for (const way of ['GraphQL', 'toygres', 'curl'] as const) {
      const button = code.getByRole('button', { name: way, exact: true });
      if ((await button.count()) === 0) continue;
      await button.click();
      copied[way] = (await code.locator('pre').textContent()) ?? '';
    }
    return copied;
  }

  const copyFrom = (within: Locator) => copy(within.locator('.as-code').last());

  return {
    settle,
    copy,
    copyFrom,
    copyNamed: (name) => copy(page.locator('.as-code', { has: page.getByRole('button', { name, exact: true }) })),
    paste,
    async fromMenu(place, name, action) {
      await settle(place);
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('menuitem', { name: action, exact: true }).click();
      const dialog = page.locator('[role=dialog], [role=alertdialog]').filter({ has: page.locator('.as-code') });
      return copyFrom(dialog);
    },
    async done(text) {
      const ran = await paste(text ?? 'false');
      expect(ran, text).toMatchObject({ code: 0 });
      return ran.stdout;
    },
  };
}
