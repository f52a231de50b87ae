import { expect, test } from 'vitest';
import { useServerBench } from '../support/server-bench.ts';

const bench = useServerBench();
/** More than any disk has. */
const TOO_MUCH = 1_000_000;

test('a volume of this machine grows by being written down, once', async () => {
  const spec = await bench.prepare();
  expect(await bench.platform.readVolumeGrowth(spec, 1)).toEqual({ state: 'GROWN', detail: null });
  expect(await bench.platform.readVolumeGrowth(spec, 2)).toMatchObject({ state: 'FAILED' });
  await bench.platform.ensureVolumeSize(spec, 2);
  await bench.platform.ensureVolumeSize(spec, 2);
  expect(await bench.platform.readVolumeGrowth(spec, 2)).toEqual({ state: 'GROWN', detail: null });
});

test('a smaller size changes nothing', async () => {
  const spec = await bench.prepare();
  await bench.platform.ensureVolumeSize(spec, 2);
  await bench.platform.ensureVolumeSize(spec, 1);
  expect(await bench.platform.readVolumeGrowth(spec, 2)).toMatchObject({ state: 'GROWN' });
});

test('growing by more than the disk has free is refused with both sizes', async () => {
  const spec = await bench.prepare();
  await expect(bench.platform.ensureVolumeSize(spec, TOO_MUCH)).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: expect.stringMatching(/999999 GiB.* [\d.]+ GiB free/),
  });
  expect(await bench.platform.readVolumeGrowth(spec, 2)).toMatchObject({ state: 'FAILED' });
});

test('a volume that is gone does not grow', async () => {
  const spec = await bench.prepare();
  await bench.platform.removeVolume(spec);
  await expect(bench.platform.ensureVolumeSize(spec, 2)).rejects.toMatchObject({ code: 'STEP_FAILED' });
  expect(await bench.platform.readVolumeGrowth(spec, 1)).toMatchObject({ state: 'FAILED' });
});
