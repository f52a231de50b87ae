import { describe, expect, it, vi } from 'vitest';
import { createLogWorld, drain, take } from '../../../support/log-world.ts';

const texts = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `line ${from + at}`);
const never = () => new AbortController().signal;
const FOLLOW = { tailLines: null, since: null, follow: true };

describe('following a server log', () => {
  it('gives history and what follows without gap or repetition to everybody, from one reading', async () => {
    const { streams, server } = createLogWorld();
    server.write(...texts(300));
    const followers: Promise<{ text: string; line: number }[]>[] = [];
    for (let round = 0; round < 4; round += 1) {
      for (let at = 0; at < 5; at += 1) {
        followers.push(take(streams.followInstance('instance', FOLLOW, never()), 500));
      }
      await vi.waitUntil(() => server.followed === 1 && server.read === (round + 1) * 5);
      server.write(...texts(50, 301 + round * 50));
    }
    for (const lines of await Promise.all(followers)) {
      expect(lines.map((line) => line.text)).toEqual(texts(500));
      expect(lines.map((line) => line.line)).toEqual(texts(500).map((_, at) => at + 1));
    }
    expect(server.followed).toBe(1);
    await vi.waitUntil(() => streams.openReadings === 0 && server.open === 0);
  });

  it.each([
    [{ tailLines: 3, since: null }, ['line 98', 'line 99', 'line 100']],
    [{ tailLines: 0, since: null }, []],
    [{ tailLines: null, since: new Date(99_000) }, ['line 99', 'line 100']],
    [{ tailLines: 1, since: new Date(99_000) }, ['line 100']],
  ])('begins where %j says', async (request, history) => {
    const { streams, server } = createLogWorld();
    server.write(...texts(100));
    const expected = [...history, 'line 101'];
    const taken = take(streams.followInstance('instance', { ...request, follow: true }, never()), expected.length);
    await vi.waitUntil(() => server.followed === 1 && server.read === 1);
    server.write('line 101');
    expect((await taken).map((line) => line.text)).toEqual(expected);
    const now = await drain(streams.followInstance('instance', { ...request, follow: false }, never()));
    expect(now.at(-1)?.text).toBe(request.tailLines === 0 ? undefined : 'line 101');
  });

  it('begins with the first line of a server that has said nothing yet', async () => {
    const { streams, server } = createLogWorld();
    const taken = take(streams.followInstance('instance', { ...FOLLOW, tailLines: 10 }, never()), 2);
    await vi.waitUntil(() => server.followed === 1 && server.read === 1);
    server.write('one', 'two');
    expect((await taken).map((line) => line.text)).toEqual(['one', 'two']);
  });

  it('tells a subscriber that fell behind how much it missed, and goes on', async () => {
    const { streams, server } = createLogWorld({ lines: 10, characters: 10_000 });
    server.write('begin');
    const lines = streams.followInstance('instance', FOLLOW, never())[Symbol.asyncIterator]();
    expect(await lines.next()).toMatchObject({ value: { text: 'begin' } });
    const fast = take(streams.followInstance('instance', FOLLOW, never()), 2);
    const parked = lines.next();
    await vi.waitUntil(() => server.read === 2);
    server.write('next');
    expect(await parked).toMatchObject({ value: { text: 'next' } });
    await fast;
    server.write(...texts(100));
    await vi.waitUntil(async () => {
      const { value } = await lines.next();
      return value?.text.includes('were written faster');
    });
    expect(await lines.next()).toMatchObject({ value: { text: 'line 91' } });
    await lines.return?.();
    expect([streams.openReadings, server.open]).toEqual([0, 0]);
  });

  it('ends when the server is removed', async () => {
    const { streams, server } = createLogWorld();
    server.write('only');
    const all = drain(streams.followInstance('instance', FOLLOW, never()));
    await vi.waitUntil(() => server.followed === 1);
    server.end();
    expect(await all).toHaveLength(1);
  });

  it('gives what is there at once in lists of at most 1,000, numbered on from list to list', async () => {
    const { streams, server } = createLogWorld();
    server.write(...texts(2_500));
    const lists = await drain(streams.followInstanceBatches('instance', { ...FOLLOW, follow: false }, never()));
    expect(lists.map((list) => list.length)).toEqual([1_000, 1_000, 500]);
    expect(lists.flat().map(({ line }) => line)).toEqual(texts(2_500).map((_, at) => at + 1));
    expect(lists.flat().map(({ text }) => text)).toEqual(texts(2_500));
  });

  it('gives no empty list of what is older than was asked for', async () => {
    const { streams, server } = createLogWorld();
    server.write(...texts(100));
    const request = { tailLines: null, since: new Date(200_000), follow: true };
    const lists = streams.followInstanceBatches('instance', request, never())[Symbol.asyncIterator]();
    const first = lists.next();
    await vi.waitUntil(() => server.followed === 1 && server.read === 1);
    server.write(...texts(100, 101));
    expect((await first).value?.map(({ text }: { text: string }) => text)).toEqual(['line 200']);
    await lists.return?.();
  });

  it('is NOT_FOUND for an unknown instance', async () => {
    const { streams } = createLogWorld();
    await expect(drain(streams.followInstance('nobody', FOLLOW, never()))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('leaves nothing behind after 1,000 subscribers came and went', async () => {
    const { streams, server } = createLogWorld();
    server.write(...texts(60));
    for (let at = 0; at < 1_000; at += 1) {
      const abort = new AbortController();
      const lines = streams
        .followInstance('instance', { ...FOLLOW, tailLines: 2 }, abort.signal)
        [Symbol.asyncIterator]();
      const parked = Array.from({ length: at % 4 }, () => lines.next());
      if (at % 2) abort.abort();
      else await lines.return?.();
      await Promise.all(parked);
    }
    await vi.waitUntil(() => streams.openReadings === 0 && server.open === 0);
  });
});
