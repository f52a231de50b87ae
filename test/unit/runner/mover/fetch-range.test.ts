import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { BlobClient } from '@azure/storage-blob';
import { expect, test } from 'vitest';
import { fetchRange } from '../../../../src/runner/mover/streams/fetch-range.ts';

const CONTENT = Buffer.from('0123456789abcdef');
const calm = () => new AbortController().signal;

/** A store whose nth answer has the bytes that `answer` makes of those that were asked for. */
function storeOf(answer: (bytes: Buffer, nth: number, signal: AbortSignal) => AsyncIterable<Buffer>) {
  const asked: string[] = [];
  const download = async (offset: number, count: number, { abortSignal }: { abortSignal: AbortSignal }) => {
    asked.push(`${offset}+${count}`);
    const bytes = CONTENT.subarray(offset, offset + count);
    return { readableStreamBody: Readable.from(answer(bytes, asked.length, abortSignal)) };
  };
  return { blob: { download } as unknown as BlobClient, asked };
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const bytes of content) all.push(bytes);
  return Buffer.concat(all).toString();
}

test('a range is asked for at once, and kept until it is taken', async () => {
  const { blob, asked } = storeOf(async function* (bytes) {
    yield bytes.subarray(0, 3);
    yield bytes.subarray(3);
  });
  const range = fetchRange(blob, { offset: 4, count: 8 }, calm());
  await delay(20);
  expect(asked).toEqual(['4+8']);
  expect(await collect(range)).toBe('456789ab');
});

test('what is not answered in time is asked for again from where it was cut', async () => {
  const { blob, asked } = storeOf(async function* (bytes, nth, signal) {
    yield bytes.subarray(0, 3);
    if (nth < 3) await delay(60_000, undefined, { signal });
    yield bytes.subarray(3);
  });
  expect(await collect(fetchRange(blob, { offset: 0, count: 16 }, calm(), 50))).toBe(CONTENT.toString());
  expect(asked).toEqual(['0+16', '3+13', '6+10']);
});

test.each([
  ['less', 2],
  ['more', 9],
])('a store that sends %s than was asked for is no good', async (_, count) => {
  const { blob } = storeOf(async function* () {
    yield CONTENT.subarray(0, count);
  });
  await expect(collect(fetchRange(blob, { offset: 0, count: 5 }, calm()))).rejects.toThrow(
    `the blob store sent ${count} bytes where 5 were asked for`,
  );
});

test('a failure is told in its turn, behind what came before it', async () => {
  const { blob } = storeOf(async function* (bytes) {
    yield bytes.subarray(0, 3);
    throw new Error('the line is cut');
  });
  const range = fetchRange(blob, { offset: 0, count: 8 }, calm());
  await delay(20);
  const taken: string[] = [];
  await expect(
    (async () => {
      for await (const bytes of range) taken.push(Buffer.from(bytes).toString());
    })(),
  ).rejects.toThrow('the line is cut');
  expect(taken).toEqual(['012']);
});
