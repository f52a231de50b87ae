import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { patiently } from '../../../../src/runner/mover/streams/patience.ts';

const never = (signal: AbortSignal) => delay(60_000, undefined, { signal });
const calm = () => new AbortController().signal;

test('a request that is not answered in time is made again, and its answer counts', async () => {
  let tries = 0;
  const answer = await patiently(
    calm(),
    async (signal) => {
      tries += 1;
      if (tries === 1) await never(signal);
      return tries;
    },
    20,
  );
  expect(answer).toBe(2);
});

test('a store that never answers is given up, as what another attempt may mend', async () => {
  await expect(patiently(calm(), never, 10)).rejects.toMatchObject({
    message: expect.stringContaining('the blob store does not answer'),
    final: false,
  });
});

test('what the store refuses is thrown at once, and so is the end of the job', async () => {
  let tries = 0;
  const refuse = async () => {
    tries += 1;
    throw new Error('no');
  };
  await expect(patiently(calm(), refuse)).rejects.toThrow('no');
  expect(tries).toBe(1);
  const ended = new AbortController();
  const waiting = patiently(ended.signal, never);
  ended.abort(new Error('the job was ended'));
  await expect(waiting).rejects.toThrow();
});
