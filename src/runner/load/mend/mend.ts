import { isGrant } from '../entries/entry-commands.ts';
import { objectOf } from '../entries/object-name.ts';
import type { Task } from '../task.ts';
import type { TocEntry } from '../toc/toc-entry.ts';
import { leftOut } from './left-out.ts';
import { lendPath } from './lend-path.ts';
import { mendRows, putBackChecks, type RowMending } from './mend-rows.ts';
import { settle } from './settle.ts';
import { takeFromExtension } from './take-from-extension.ts';
import { weakerForms } from './weaker-forms.ts';

/** What is nothing without another object: that this is missing tells all. */
const OF_ANOTHER: ReadonlySet<string> = new Set(['COMMENT', 'SECURITY LABEL', 'ACL', 'ACL LANGUAGE', 'TABLE DATA']);

export interface Mending extends RowMending {
  /** Entries that were given up: what hangs on them needs no finding of its own. */
  readonly givenUp: Set<number>;
  /** Entries that are here in a weaker form. */
  readonly weakened: Set<number>;
}

/**
 * Brings back what failed as well as it can be: tried again when the rest is there, with the search paths of the source;
 * then in a weaker form that keeps the data; and what remains is told. Nothing of it throws but the server itself.
 */
export async function mend(mending: Mending, failed: readonly Task[]): Promise<void> {
  const { session, triesOf } = mending;
  let left = await settle(session, failed, triesOf);
  for (const task of left.filter(({ entry }) => entry.section === 'DATA')) await mendRows(mending, task);
  await putBackChecks(mending, left[0] ?? failed[0] ?? null);
  left = await settle(
    session,
    left.filter((task) => task.failure !== null || task.left.length > 0),
    triesOf,
  );
  const still: Task[] = [];
  for (const task of left) {
    if (!(await takeFromExtension(session, task)) && !(await lendPath(mending, task))) still.push(task);
  }
  left = still;
  while (left.length > 0) {
    const mended = await firstWeakened(mending, left);
    if (mended === null) break;
    left = await settle(
      session,
      left.filter((task) => task !== mended),
      triesOf,
    );
  }
  for (const task of left) await giveUp(mending, task);
}

/** The first that a weaker form is taken of. */
async function firstWeakened(mending: Mending, tasks: readonly Task[]): Promise<Task | null> {
  const { session, told, triesOf, weakened } = mending;
  for (const task of tasks) {
    for (const form of weakerForms(task.entry)) {
      for (const path of triesOf(task)) {
        if ((await session.attempt(form.sql, path)) !== null) continue;
        weakened.add(task.entry.id);
        told.tell({
          code: form.code,
          severity: 'WARNING',
          object: objectOf(task.entry),
          says: form.says,
          cause: task.failure,
          remedy: form.remedy,
        });
        return task;
      }
    }
  }
  return null;
}

async function giveUp({ session, told, givenUp }: Mending, task: Task): Promise<void> {
  const { entry, failure, left } = task;
  const remedy = left.map(({ sql }) => sql.trim()).join(' ');
  if (left[0]?.role === 'own') {
    told.tell({
      code: 'OWNER_CHANGED',
      severity: 'WARNING',
      object: objectOf(entry),
      says: `does not belong to ${entry.owner ?? 'its owner'} here`,
      cause: failure,
      remedy,
    });
    return;
  }
  const isLost = entry.dependsOn.some((id) => givenUp.has(id));
  if (!isGrant(entry)) givenUp.add(entry.id);
  if (isLost && OF_ANOTHER.has(entry.kind)) return;
  const view = viewOf(entry);
  // What stood in for a view until its definition came would answer with NULLs.
  if (view !== null) await session.attempt(`DROP VIEW ${view} CASCADE`);
  told.tell({
    ...leftOut(entry),
    object: view ?? objectOf(entry),
    cause: failure,
    remedy: remedy === '' ? null : remedy,
  });
}

/** The view that an entry is the body of, as PostgreSQL writes its name. */
function viewOf({ kind, define }: TocEntry): string | null {
  if (kind !== 'RULE') return null;
  return /^CREATE OR REPLACE VIEW ((?:"(?:[^"]|"")*"|[^\s"(]+)+)/.exec(define)?.[1] ?? null;
}
