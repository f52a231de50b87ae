import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import type { ViewedStep } from '../../../src/cli/progress-view.ts';
import { watchOperation } from '../../../src/cli/watch-operation.ts';

const ENDED: ViewedStep[] = ['Look up the source', 'Dump the databases'].map((name, place) => ({
  position: place + 1,
  name,
  state: 'SUCCEEDED',
  progress: null,
  failure: null,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:02Z',
}));

/** An operation of two steps that is over, as its events tell it. */
function overOperation(state: string, failure: unknown): ApiClient {
  const events = ENDED.flatMap((step, place) => [
    { state: 'RUNNING', percent: place * 50, step: { ...step, state: 'RUNNING', finishedAt: null } },
    { state: 'RUNNING', percent: (place + 1) * 50, step },
  ]);
  return {
    request: async <T>() => ({ operation: { state, failure, steps: ENDED, jobs: [] } }) as T,
    async *subscribe<T>() {
      for (const event of events) yield event as T;
    },
    stop: async () => undefined,
  };
}

async function watch(api: ApiClient): Promise<string[]> {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  await watchOperation(api, 'o', 'create image x', stream as unknown as NodeJS.WriteStream);
  return written.map((line) => line.trimEnd());
}

describe('watching an operation that is over already', () => {
  it('tells each step once, in the order in which it came', async () => {
    expect(await watch(overOperation('SUCCEEDED', null))).toEqual([
      '[  0 %] create image x: running   Look up the source',
      '[ 50 %] create image x: succeeded Look up the source: 2.0 s',
      '[ 50 %] create image x: running   Dump the databases',
      '[100 %] create image x: succeeded Dump the databases: 2.0 s',
    ]);
  });

  it('ends with its failure, and its step where it has one', async () => {
    const failed = { code: 'STEP_FAILED', message: 'no room', step: 'Dump the databases' };
    await expect(watch(overOperation('FAILED', failed))).rejects.toThrow(
      'create image x: FAILED at "Dump the databases": no room',
    );
    const cancelled = { code: 'CANCELLED', message: 'The operation was cancelled.', step: null };
    await expect(watch(overOperation('CANCELLED', cancelled))).rejects.toThrow(
      'create image x: CANCELLED: The operation was cancelled.',
    );
  });
});
