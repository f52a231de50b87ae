import type { Command } from '../entries/entry-commands.ts';
import type { Task } from '../task.ts';

/** So many tasks, or so much text, go to the server at once. */
export const TOGETHER_AT_MOST = 50;
const LONGEST_TEXT = 256 << 10;

/** What is quick, has no effect outside of its transaction, and is hardly ever refused. */
const QUICK: ReadonlySet<string> = new Set([
  'ACL',
  'BLOB',
  'BLOB METADATA',
  'COMMENT',
  'CONSTRAINT',
  'DEFAULT',
  'INDEX',
  'SEQUENCE',
  'SEQUENCE OWNED BY',
  'SEQUENCE SET',
  'TABLE',
]);

const lengthOf = (commands: readonly Command[]) => commands.reduce((sum, { sql }) => sum + sql.length, 0);

/**
 * Whether a task may share a transaction with others: a message to the server for each of 100,000 definitions would take
 * longer than the definitions. An access method of its own is set for the rest of a transaction.
 */
export function goesTogether({ entry, left }: Task): boolean {
  if (entry.file !== null || !QUICK.has(entry.kind) || left.length === 0) return false;
  const isPlain = entry.accessMethod === null || entry.accessMethod === '' || entry.accessMethod === 'heap';
  return isPlain && lengthOf(left) < LONGEST_TEXT / 4;
}

/** The tasks in their order, in groups: of one, or of such as go together. */
export function* groupsOf(tasks: readonly Task[], mayShare: (task: Task) => boolean): Generator<readonly Task[]> {
  let group: Task[] = [];
  let length = 0;
  for (const task of tasks) {
    const shares = mayShare(task);
    if (group.length > 0 && (!shares || group.length >= TOGETHER_AT_MOST || length >= LONGEST_TEXT)) {
      yield group;
      [group, length] = [[], 0];
    }
    if (!shares) {
      yield [task];
      continue;
    }
    group.push(task);
    length += lengthOf(task.left);
  }
  if (group.length > 0) yield group;
}
