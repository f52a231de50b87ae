import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ImageStore } from '../../jobs/ports/image-store.ts';
import type { PlatformLogLine } from '../../jobs/ports/platform/jobs.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The part of the image store's contract that is about the logs of ended jobs. */
export function describeJobLogs(store: () => ImageStore): void {
  describe('job logs', () => {
    const line = (number: number, attempt: number, text: string): PlatformLogLine => ({
      line: number,
      attempt,
      at: number % 2 ? new Date('2026-01-01T00:00:00.123Z') : null,
      text,
    });
    async function* lines(from: number, count: number, attempt: number, text = 'said') {
      for (let at = from; at < from + count; at += 1) yield line(at, attempt, `${text} ${at}`);
    }

    it('come back line by line over all attempts in order, also beyond ten', async () => {
      const job = randomUUID();
      for (const attempt of [2, 10, 1]) await store().writeJobLog(job, attempt, lines(attempt * 10, 3, attempt));
      const read = await collect(store().readJobLog(job));
      expect(read.map((l) => [l.attempt, l.line])).toEqual(
        [1, 2, 10].flatMap((attempt) => [0, 1, 2].map((at) => [attempt, attempt * 10 + at])),
      );
      expect(read[1]).toEqual(line(11, 1, 'said 11'));
      expect(read[0]?.at).toBeNull();
    });

    it('keep every character of a line, and of a line break make none', async () => {
      const job = randomUUID();
      const texts = ['', '  indented\ttab', 'ü 🐘 \u2028', 'carriage\rreturn', 'x'.repeat(200_000)];
      await store().writeJobLog(
        job,
        1,
        (async function* () {
          for (const [at, text] of texts.entries()) yield line(at + 1, 1, text);
          yield line(99, 1, 'two\nlines');
        })(),
      );
      expect((await collect(store().readJobLog(job))).map((l) => l.text)).toEqual([...texts, 'two␊lines']);
    });

    it('are replaced by the same attempt again, whole or not at all', async () => {
      const job = randomUUID();
      await store().writeJobLog(job, 1, lines(1, 5, 1));
      await store().writeJobLog(job, 1, lines(1, 2, 1, 'new'));
      const failing = async function* () {
        yield* lines(1, 50_000, 1, 'never kept');
        throw new Error('the platform went away');
      };
      await expect(store().writeJobLog(job, 1, failing())).rejects.toThrow('the platform went away');
      expect((await collect(store().readJobLog(job))).map((l) => l.text)).toEqual(['new 1', 'new 2']);
    });

    it('are nothing for a job of which none was kept, and for one that said nothing', async () => {
      const job = randomUUID();
      expect(await collect(store().readJobLog(job))).toEqual([]);
      await store().writeJobLog(job, 1, lines(1, 0, 1));
      expect(await collect(store().readJobLog(job))).toEqual([]);
    });

    it('are no image, and outlive the removal of every image', async () => {
      const job = randomUUID();
      await store().writeJobLog(job, 1, lines(1, 1, 1));
      expect(await store().listImageIds()).not.toContain(job);
      expect((await store().listImageIds()).every((id) => !id.startsWith('_'))).toBe(true);
      await store().removeImage(job);
      expect(await collect(store().readJobLog(job))).toHaveLength(1);
    });

    it('go when they are older than wanted', async () => {
      const job = randomUUID();
      await store().writeJobLog(job, 1, lines(1, 1, 1));
      await store().removeJobLogsBefore(new Date(Date.now() - 60_000));
      expect(await collect(store().readJobLog(job))).toHaveLength(1);
      expect(await store().removeJobLogsBefore(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
      expect(await collect(store().readJobLog(job))).toEqual([]);
    });

    it('are read as far as somebody wants them and no further', async () => {
      const job = randomUUID();
      await store().writeJobLog(job, 1, lines(1, 100_000, 1));
      for await (const read of store().readJobLog(job)) if (read.line === 3) break;
      expect(await collect(store().readJobLog(job))).toHaveLength(100_000);
    });
  });
}
