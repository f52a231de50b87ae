import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createIntake, createSizeBudget, watchSize } from '../../../src/runner/attempt/size-budget.ts';
import { unpackZstd } from '../../../src/runner/physical/archive/zstd.ts';

const MIB = 2 ** 20;
const budgetOf = (databaseBytes: number, parameters: Record<string, string> = {}) =>
  createSizeBudget({ parameters }, databaseBytes, 'the image unpacks to');

async function* pieces(count: number, bytes: number): AsyncGenerator<Buffer> {
  for (let nth = 0; nth < count; nth += 1) yield Buffer.alloc(bytes);
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of content) bytes += piece.length;
  return bytes;
}

describe('how much of a server or an image may come', () => {
  it('is ten times what was told of and a gigabyte, or as often as the setting says', () => {
    expect(budgetOf(100 * MIB).mostBytes).toBe(1000 * MIB + 2 ** 30);
    expect(budgetOf(100 * MIB, { TOYGRES_SIZE_MARGIN: '2' }).mostBytes).toBe(200 * MIB + 2 ** 30);
    expect(budgetOf(100 * MIB, { TOYGRES_SIZE_MARGIN: 'many' }).mostBytes).toBe(1000 * MIB + 2 ** 30);
    expect(budgetOf(0).mostBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('is told with what to do, and ends the job for good', () => {
    const { check, mostBytes } = budgetOf(MIB);
    check(mostBytes);
    expect(() => check(mostBytes + 1)).toThrow(
      expect.objectContaining({
        final: true,
        message:
          'the image unpacks to more than 1034 MiB, where databases of 1 MiB in all were told of: it was stopped, and nothing of ' +
          'it is kept. Raise TOYGRES_SIZE_MARGIN (10 now) where that is what they really hold',
      }),
    );
  });

  it('counts what is read again once', async () => {
    const intake = createIntake(budgetOf(1, { TOYGRES_SIZE_MARGIN: '1', TOYGRES_SIZE_BESIDE_BYTES: '99' }));
    for (const _ of [1, 2, 3]) expect(await drain(intake.pass('a', pieces(5, 10)))).toBe(50);
    expect(await drain(intake.pass('b', pieces(5, 10)))).toBe(50);
    await expect(drain(intake.pass('c', pieces(1, 1)))).rejects.toThrow('more than');
  });

  it('stops a few bytes that unpack to a gigabyte long before that', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(256 * MIB));
    expect(bomb.length).toBeLessThan(MIB / 10);
    async function* packed() {
      for (let nth = 0; nth < 4; nth += 1) yield bomb;
    }
    const intake = createIntake(budgetOf(1, { TOYGRES_SIZE_MARGIN: '1', TOYGRES_SIZE_BESIDE_BYTES: String(8 * MIB) }));
    let passed = 0;
    const reading = (async () => {
      for await (const piece of intake.pass('bomb', unpackZstd(packed()))) passed += piece.length;
    })();
    await expect(reading).rejects.toThrow('unpacks to more than');
    expect(passed).toBeLessThanOrEqual(8 * MIB + 1);
  });

  it('is looked at while several things grow, and told once', async () => {
    const told: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const budget = budgetOf(1, { TOYGRES_SIZE_MARGIN: '1', TOYGRES_SIZE_BESIDE_BYTES: '10' });
    const watch = watchSize(
      budget,
      () => 4,
      (error) => {
        told.push(error);
        resolve();
      },
    );
    const leave = watch.watch(() => 100);
    leave();
    watch.watch(() => 4);
    watch.watch(() => 4);
    await promise;
    await watch.stop();
    expect(told).toHaveLength(1);
  });
});
