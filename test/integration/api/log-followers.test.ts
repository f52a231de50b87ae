import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { fakeServices } from '../../support/api-fakes.ts';
import { type ApiServer, connect, startApi, TOKEN } from '../../support/api-server.ts';
import { eventually } from '../../support/eventually.ts';
import { createLogWorld } from '../../support/log-world.ts';

const JOB = '00000000-0000-4000-8000-000000000001';
const textOf = (line: number) => `${line} tables of größe € ${'x'.repeat(150)}`;
const texts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => textOf(from + at));

interface Line {
  readonly line: number;
  readonly text: string;
}

let api: ApiServer | null = null;
afterEach(async () => {
  await api?.stop();
});

/** A process that serves the log of a job, of which it keeps few lines in memory. */
async function serve(): Promise<{ readonly url: string; readonly world: ReturnType<typeof createLogWorld> }> {
  const world = createLogWorld({ lines: 1_500, characters: 1 << 20 });
  const followJobBatches: typeof world.streams.followJobBatches = (_, request, signal) =>
    world.streams.followJobBatches('job', request, signal);
  api = await startApi(fakeServices({ logs: { ...world.streams, followJobBatches } }));
  return { url: api.url, world };
}

const queryOf = (afterLine: number, selection: string) =>
  `subscription { jobLogBatches(jobId: "${JOB}", afterLine: ${afterLine}) { ${selection} } }`;

/** Adds the lines that it gets to these, until the server is gone or the log ends. */
async function followBySocket(url: string, afterLine: number, lines: Line[], selection = 'line text'): Promise<void> {
  const client = connect(url);
  try {
    for await (const { data } of client.iterate({ query: queryOf(afterLine, selection) })) {
      lines.push(...((data?.jobLogBatches ?? []) as Line[]));
    }
  } catch {
    // The server was stopped.
  } finally {
    await client.dispose();
  }
}

/** The same as an event stream, which goes on after the last id. */
async function followByStream(url: string, lastId: number, lines: Line[]): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    authorization: `Bearer ${TOKEN}`,
    ...(lastId === 0 ? {} : { 'last-event-id': String(lastId) }),
  };
  const body = JSON.stringify({ query: queryOf(0, 'line text') });
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  let id = lastId;
  let [unread, decoder] = ['', new TextDecoder()];
  try {
    for await (const part of response.body ?? []) {
      unread += decoder.decode(part, { stream: true });
      const blocks = unread.split('\n\n');
      unread = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, data] = /^data: (.+)$/m.exec(block) ?? [];
        if (data === undefined || !block.startsWith('event: next')) continue;
        lines.push(...JSON.parse(data).data.jobLogBatches);
        id = Number(/^id: (.+)$/m.exec(block)?.[1]);
      }
    }
  } catch {
    decoder = new TextDecoder();
  }
  return id;
}

function expectLines(lines: readonly Line[], from: number, to: number): void {
  expect(lines.length).toBe(to - from + 1);
  lines.forEach(({ line, text }, at) => {
    if (line !== from + at || text !== textOf(line)) throw new Error(`line ${from + at} is ${line}: ${text}`);
  });
}

describe('those who follow the log of a job', () => {
  it('get every line once and in order, wherever they begin, also over a restart of the server', async () => {
    const starts = [0, 0, 0, 1, 999, 1_000, 1_234, 2_500, 3_999];
    const got = starts.map(() => [] as Line[]);
    const streamed: Line[] = [];
    const first = await serve();
    first.world.job.write(...texts(1, 4_000));
    const following = starts.map((start, nth) => followBySocket(first.url, start, got[nth] ?? []));
    const stream = followByStream(first.url, 0, streamed);
    await eventually(
      () => first.world.job.followed,
      (followed) => followed === 1,
    );
    for (let line = 4_001; line < 6_000; line += 7) first.world.job.write(...texts(line, line + 6));
    // Some have more than others when it stops.
    await eventually(
      () => got.every(({ length }) => length > 0) && streamed.length > 0,
      (all) => all,
    );
    await Promise.all([first.world.streams.stop(), api?.stop()]);
    await Promise.all(following);
    const lastId = await stream;

    const second = await serve();
    second.world.job.write(...texts(1, 7_000));
    const again = starts.map((start, nth) => {
      const lines = got[nth] ?? [];
      return followBySocket(second.url, lines.at(-1)?.line ?? start, lines);
    });
    const streamedAgain = followByStream(second.url, lastId, streamed);
    await eventually(
      () => second.world.job.followed,
      (followed) => followed === 1,
    );
    for (let line = 7_001; line < 9_000; line += 11) second.world.job.write(...texts(line, line + 10));
    second.world.endJob();
    await Promise.all([...again, streamedAgain]);
    const to = second.world.job.lines.length;
    starts.forEach((start, nth) => {
      expectLines(got[nth] ?? [], start + 1, to);
    });
    expectLines(streamed, 1, to);
    expect([second.world.streams.openReadings, second.world.job.open]).toEqual([0, 0]);
  });

  it('are not kept waiting by one that does not read, which gets all of it when it does', async () => {
    const { url, world } = await serve();
    const slow = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const late: Line[] = [];
    await once(slow, 'open');
    slow.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } }));
    await once(slow, 'message');
    const completed = new Promise<void>((resolve) => {
      slow.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data));
        if (type === 'complete') resolve();
        if (type === 'next') late.push(...payload.data.jobLogBatches);
      });
    });
    world.job.write(...texts(1, 10));
    slow.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: queryOf(0, 'line text') } }));
    await once(slow, 'message');
    slow.pause();
    // Another selection is another answer of the same lists.
    const fast = [[], [], []] as Line[][];
    const following = fast.map((lines, nth) => followBySocket(url, 0, lines, nth === 0 ? 'line text at' : 'text line'));
    for (let line = 11; line < 30_000; line += 500) {
      world.job.write(...texts(line, line + 499));
      await new Promise(setImmediate);
    }
    world.endJob();
    await Promise.all(following);
    const to = world.job.lines.length;
    for (const lines of fast) expectLines(lines, 1, to);
    expect(late.length).toBeLessThan(to);
    slow.resume();
    await completed;
    expectLines(late, 1, to);
    slow.close();
    await eventually(
      () => world.job.open,
      (open) => open === 0,
    );
  });
});
