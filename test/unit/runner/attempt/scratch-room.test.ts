import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { requireScratch, scratchRoom } from '../../../../src/runner/attempt/scratch-room.ts';

const MIB = 2 ** 20;
const of = (limit: string | null) => ({
  scratch: tmpdir(),
  parameters: limit === null ? {} : { TOYGRES_SCRATCH_BYTES: limit },
});

test('a job has as much room as the disk, and no more than it may take', async () => {
  expect(await scratchRoom(of(String(5 * MIB)))).toBe(5 * MIB);
  const { blocks, bsize } = await statfs(tmpdir());
  const all = await scratchRoom(of(null));
  expect(all).toBeGreaterThan(5 * MIB);
  expect(all).toBeLessThanOrEqual(blocks * bsize);
});

test('more than it may take is refused for good, whatever the disk has', async () => {
  await requireScratch(of(String(5 * MIB)), 5 * MIB, 'the files');
  await requireScratch(of(null), 5 * MIB, 'the files');
  await expect(requireScratch(of(String(5 * MIB)), 6 * MIB, 'the files')).rejects.toMatchObject({
    final: true,
    message: 'there is too little room for the files: 6 MiB are needed, and the job may take 5 MiB',
  });
  await expect(requireScratch(of(null), 2 ** 60, 'the files')).rejects.toThrow(/are free$/);
  await expect(scratchRoom(of('much'))).rejects.toThrow('TOYGRES_SCRATCH_BYTES is not understood');
});
