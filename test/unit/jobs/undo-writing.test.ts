import { describe, expect, it } from 'vitest';
import { undoWriting } from '../../../jobs/images/undo-writing.ts';
import type { StepScope, UndoContext } from '../../../jobs/workflow/context.ts';

/** Takes back in a store in which files come up after the removals whose turn it is: `late[0]` after the first, ... */
async function take(late: string[][], jobIds: readonly string[]) {
  let files = ['roles.sql', 'databases/1/toc.dat'];
  const removals: string[][] = [];
  const context = {
    operationId: 'operation',
    undo: (_: string, work: (scope: StepScope) => Promise<void>) =>
      work({ attempt: 1, signal: new AbortController().signal, report: () => undefined }),
    jobs: { list: async () => jobIds.map((id) => ({ id })) },
  } as unknown as UndoContext;
  await undoWriting(context, 'Remove what was written', async () => {
    removals.push(files);
    const found = files.length;
    files = late.shift() ?? [];
    return found;
  });
  return { removals, left: files };
}

describe('taking back what jobs have written', () => {
  it('removes also what the store was still at work on when all was removed, until it stays empty', async () => {
    const { removals, left } = await take([['databases/1/3347.dat.gz'], [], ['databases.nul']], ['job']);
    expect(removals).toEqual([
      ['roles.sql', 'databases/1/toc.dat'],
      ['databases/1/3347.dat.gz'],
      [],
      ['databases.nul'],
      [],
      [],
    ]);
    expect(left).toEqual([]);
  }, 60_000);

  it('looks no more where no job was there to write anything', async () => {
    const { removals } = await take([], []);
    expect(removals).toHaveLength(1);
  });
});
