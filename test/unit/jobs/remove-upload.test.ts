import { describe, expect, it } from 'vitest';
import { removeUpload } from '../../../jobs/parts/remove-upload.ts';
import type { StepScope, UndoContext } from '../../../jobs/workflow/context.ts';

/** A store in which files come up after the removals whose turn it is: `late[0]` after the first, and so on. */
function take(late: string[][], jobIds: readonly string[]) {
  let files = ['roles.sql', 'databases/1/toc.dat'];
  const removals: string[][] = [];
  const context = {
    operationId: 'operation',
    undo: (_: string, work: (scope: StepScope) => Promise<void>) =>
      work({ attempt: 1, signal: new AbortController().signal, report: () => undefined }),
    jobs: { list: async () => jobIds.map((id) => ({ id })) },
    store: {
      removeImage: async () => {
        removals.push(files);
        files = late.shift() ?? [];
      },
      listFiles: async () => files.map((name) => ({ name })),
    },
  } as unknown as UndoContext;
  return { context, removals, left: () => files };
}

describe('removing what was uploaded', () => {
  it('removes also what the store was still at work on when all was removed, until it stays empty', async () => {
    const { context, removals, left } = take([['databases/1/3347.dat.gz'], ['databases.nul']], ['job']);
    await removeUpload(context, 'image');
    expect(removals).toEqual([['roles.sql', 'databases/1/toc.dat'], ['databases/1/3347.dat.gz'], ['databases.nul']]);
    expect(left()).toEqual([]);
  });

  it('looks no more where no job was there to upload anything', async () => {
    const { context, removals } = take([], []);
    await removeUpload(context, 'image');
    expect(removals).toHaveLength(1);
  });
});
