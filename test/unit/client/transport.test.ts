import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UnreachableError } from '../../../src/client/errors.ts';
import { createTransport } from '../../../src/client/transport.ts';

const PLACE = 'http://server.example/graphql';
const token = () => null;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Never answers, and ends when it is told to, as that of a browser does. */
const silentFetch: typeof fetch = (_url, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
  });

/** Answers with a head, whose body never comes. */
const halfFetch: typeof fetch = async (_url, init) =>
  new Response(
    new ReadableStream({
      start: (controller) => init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
    }),
  );

test.each([
  ['nothing at all', silentFetch],
  ['a head and no body', halfFetch],
])('a request that is answered with %s ends with what is wrong', async (_what, fetch) => {
  // The timers of signals are no timers of JavaScript.
  vi.useRealTimers();
  const transport = createTransport({ url: PLACE, token, fetch, answerWithinMs: 20 });
  const asked = transport.request('{ viewer { name } }', {});
  await expect(asked).rejects.toThrow(UnreachableError);
  await expect(asked).rejects.toThrow(/cannot be reached \(no answer within 0\.02 s\)/);
  const waited = transport.request('{ viewer { name } }', {}, { withinMs: 10 });
  await expect(waited).rejects.toThrow(/no answer within 0\.01 s/);
});

test('a request that whoever asked has given up ends with their reason', async () => {
  const end = new AbortController();
  const transport = createTransport({ url: PLACE, token, fetch: silentFetch });
  const asked = transport.request('{ viewer { name } }', {}, { signal: end.signal });
  queueMicrotask(() => end.abort(new Error('left the page')));
  await expect(asked).rejects.toThrow('left the page');
});

test('an answer that is no GraphQL is named with its status', async () => {
  const fetch = async () => new Response('<html>', { status: 502 });
  const transport = createTransport({ url: PLACE, token, fetch });
  await expect(transport.request('{ viewer { name } }', {})).rejects.toThrow(/it answers with 502 and no GraphQL/);
});

test('a connection that is begun and never made is given up, and told as closed', async () => {
  const made: string[] = [];
  vi.stubGlobal(
    'WebSocket',
    class {
      static readonly OPEN = 1;
      static readonly CLOSING = 2;
      readonly readyState = 0;
      constructor(url: string) {
        made.push(url);
      }
      close(): void {}
    },
  );
  const told: string[] = [];
  const transport = createTransport({ url: PLACE, token, onSocket: (state) => told.push(state) });
  const first = transport.subscribe('subscription { changes { cursor } }', {})[Symbol.asyncIterator]().next();
  const refused = expect(first).rejects.toThrow(UnreachableError);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
  expect(told).toEqual(['closed']);
  // The next one is begun anew.
  const second = transport.subscribe('subscription { changes { cursor } }', {})[Symbol.asyncIterator]().next();
  const again = expect(second).rejects.toThrow(UnreachableError);
  await vi.advanceTimersByTimeAsync(11_000);
  await again;
  expect(made).toHaveLength(2);
});
